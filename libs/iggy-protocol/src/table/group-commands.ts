import { createGroup } from "../commands/create-group.js";
import { deleteGroup } from "../commands/delete-group.js";
import { getGroup } from "../commands/get-group.js";
import { getGroups } from "../commands/get-groups.js";
import { joinGroup } from "../commands/join-group.js";
import { leaveGroup } from "../commands/leave-group.js";
import { syncGroup } from "../commands/sync-group.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

const GROUP = "[stream][topic][group]";
const GROUP_DETAILS = "group record {[member_id u32][count u32]{[partition u32]}}";

export const GROUP_COMMANDS = {
  getGroup: read("group.get", 600, getGroup, {
    permission: "readTopic",
    request: GROUP,
    reply: `${GROUP_DETAILS}, empty when missing`,
    refusals: [IggyErrorCode.StreamIdNotFound, IggyErrorCode.TopicIdNotFound],
  }),
  getGroups: read("group.list", 601, getGroups, {
    permission: "readTopic",
    request: "[stream][topic]",
    reply: "{group record}",
    refusals: [IggyErrorCode.StreamIdNotFound, IggyErrorCode.TopicIdNotFound],
  }),
  createGroup: write("group.create", 602, Operation.CreateConsumerGroup, createGroup, {
    permission: "readTopic",
    request: "[stream][topic][name]",
    reply: "group record",
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.ConsumerGroupNameAlreadyExists,
    ],
  }),
  deleteGroup: write("group.delete", 603, Operation.DeleteConsumerGroup, deleteGroup, {
    permission: "readTopic",
    request: GROUP,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.ConsumerGroupIdNotFound,
    ],
  }),
  joinGroup: write("group.join", 604, Operation.JoinConsumerGroup, joinGroup, {
    permission: "readTopic",
    request: GROUP,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.ConsumerGroupIdNotFound,
    ],
  }),
  leaveGroup: write("group.leave", 605, Operation.LeaveConsumerGroup, leaveGroup, {
    permission: "readTopic",
    request: GROUP,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.ConsumerGroupIdNotFound,
      IggyErrorCode.ConsumerGroupMemberNotFound,
    ],
  }),
  syncGroup: read("group.sync", 606, syncGroup, {
    permission: "user",
    request: GROUP,
    reply: "[generation u64][count u32]{[partition u32]}, empty for a client that is not a member",
  }),
} as const;
