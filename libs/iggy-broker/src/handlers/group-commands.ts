import {
  COMMANDS,
  type CreateGroupRequest,
  type GroupDetails,
  type GroupTarget,
  IggyErrorCode,
} from "@ims/iggy-protocol";
import type { GroupEntry, TopicEntry } from "../catalog/catalog.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { existingGroup, existingTopic } from "./catalog-lookup.js";
import type { Decision } from "./decision.js";
import { decodeOr } from "./decode-or.js";
import { requireRight, requireRightInLog } from "./permission.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

/** Groups of one topic; the next create is refused with 1. */
const GROUP_COUNT_MAX = 10_000;
const NOTHING = new Uint8Array(0);

export function createGroup(context: BrokerContext, request: CreateGroupRequest, caller: Caller): Decision {
  const { stream, topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "readTopic", stream.id, topic.id);
  const { name } = request;
  if (topic.groups.find(name)) throw resultRefusal(IggyErrorCode.ConsumerGroupNameAlreadyExists);
  if (topic.groups.count >= GROUP_COUNT_MAX) throw resultRefusal(IggyErrorCode.Error);
  const group = topic.nextGroupId;
  return {
    change: { type: "group-created", stream: stream.id, topic: topic.id, group, name },
    payload: () =>
      COMMANDS.createGroup.codec.encodeReply(groupDetails(context, topic, topic.groups.find(group)!)),
  };
}

/** Its members find out with their next sync or poll; what it had stored is forgotten. */
export function deleteGroup(context: BrokerContext, request: GroupTarget, caller: Caller): Decision {
  const { stream, topic, group } = existingGroup(context, request);
  requireRightInLog(caller.user, "readTopic", stream.id, topic.id);
  return {
    change: { type: "group-deleted", stream: stream.id, topic: topic.id, group: group.id },
    applied: () => {
      context.groups.drop(group);
      context.partitions.forgetGroup(topic, group.id);
    },
  };
}

/** Joining twice is fine. The member is the client that the connection registered. */
export function joinGroup(context: BrokerContext, request: GroupTarget, caller: Caller): Decision {
  const location = existingGroup(context, request);
  requireRightInLog(caller.user, "readTopic", location.stream.id, location.topic.id);
  return { applied: () => context.groups.join(location, caller.client) };
}

export function leaveGroup(context: BrokerContext, request: GroupTarget, caller: Caller): Decision {
  const { stream, topic, group } = existingGroup(context, request);
  requireRightInLog(caller.user, "readTopic", stream.id, topic.id);
  if (context.groups.find(group)?.find(caller.client) === undefined) {
    throw resultRefusal(IggyErrorCode.ConsumerGroupMemberNotFound);
  }
  return { applied: () => void context.groups.leave(group, caller.client) };
}

/** A missing group is an empty payload. */
export function getGroup(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getGroup;
  const request = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
  const { stream, topic } = existingTopic(context, request, statusRefusal);
  requireRight(caller.user, "readTopic", stream.id, topic.id);
  const group = topic.groups.find(request.group);
  return codec.encodeReply(group === undefined ? null : groupDetails(context, topic, group));
}

export function getGroups(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getGroups;
  const request = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
  const { stream, topic } = existingTopic(context, request, statusRefusal);
  requireRight(caller.user, "readTopic", stream.id, topic.id);
  return codec.encodeReply(topic.groups.sorted().map((group) => groupDetails(context, topic, group)));
}

/** Empty for a client that is not a member, and for everything that is missing or cannot be read. */
export function syncGroup(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  let request: GroupTarget;
  try {
    request = COMMANDS.syncGroup.codec.decodeRequest(body);
  } catch {
    return NOTHING;
  }
  const topic = context.catalog.findTopic(request.stream, request.topic)?.topic;
  const group = topic?.groups.find(request.group);
  const state = group && context.groups.find(group);
  const member = state?.find(caller.headerClient);
  if (state === undefined || member === undefined) return NOTHING;
  return COMMANDS.syncGroup.codec.encodeReply({
    generation: state.generation,
    partitionIds: state.assignment(member),
  });
}

function groupDetails(context: BrokerContext, topic: TopicEntry, group: GroupEntry): GroupDetails {
  const state = context.groups.find(group);
  const members = [...(state?.memberList ?? [])].sort((left, right) => left.id - right.id);
  return {
    id: group.id,
    partitionCount: topic.partitions.length,
    memberCount: members.length,
    name: group.name,
    members: members.map((member) => ({ id: member.id, partitionIds: state!.holdings(member) })),
  };
}
