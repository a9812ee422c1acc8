import {
  COMMANDS,
  type CreateStreamRequest,
  IggyErrorCode,
  type Option,
  type StreamTarget,
  type UpdateStreamRequest,
} from "@ims/iggy-protocol";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { existingStream } from "./catalog-lookup.js";
import type { Decision } from "./decision.js";
import { requireRightInLog } from "./permission.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const STREAM_COUNT_MAX = 2 ** 20;

export function createStream(
  context: BrokerContext,
  { name, options }: CreateStreamRequest,
  caller: Caller,
): Decision {
  const { streams } = context.catalog;
  refuseOptions(options);
  requireRightInLog(caller.user, "createStreams");
  if (streams.find(name)) throw resultRefusal(IggyErrorCode.StreamNameAlreadyExists);
  if (streams.count >= STREAM_COUNT_MAX) throw resultRefusal(IggyErrorCode.TooManyStreams);
  const stream = streams.lowestFreeId();
  return {
    change: { type: "stream-created", stream, name, at: context.clock.nowMicros() },
    payload: () =>
      COMMANDS.createStream.codec.encodeReply(context.records.streamDetails(streams.find(stream)!)),
  };
}

export function updateStream(
  context: BrokerContext,
  { stream, name, options }: UpdateStreamRequest,
  caller: Caller,
): Decision {
  refuseOptions(options);
  const entry = existingStream(context, stream);
  requireRightInLog(caller.user, "manageStream", entry.id);
  const holder = context.catalog.streams.find(name);
  if (holder !== undefined && holder !== entry) throw resultRefusal(IggyErrorCode.StreamNameAlreadyExists);
  return { change: { type: "stream-renamed", stream: entry.id, name } };
}

export function deleteStream(context: BrokerContext, { stream }: StreamTarget, caller: Caller): Decision {
  const { id, topics } = existingStream(context, stream);
  requireRightInLog(caller.user, "manageStream", id);
  return {
    change: { type: "stream-deleted", stream: id },
    applied: () => {
      for (const topic of topics.sorted()) context.groups.dropTopic(topic);
    },
  };
}

/** Groups and members stay; what they had stored is gone with the messages. */
export function purgeStream(context: BrokerContext, { stream }: StreamTarget, caller: Caller): Decision {
  const { id, topics } = existingStream(context, stream);
  requireRightInLog(caller.user, "manageStream", id);
  return {
    change: { type: "stream-purged", stream: id, firstStorageId: context.catalog.nextStorageId },
    applied: () => {
      for (const topic of topics.sorted()) context.groups.forgetProgress(topic);
    },
  };
}

/** The option catalog of streams is empty. */
function refuseOptions(options: readonly Option[]): void {
  if (options.length > 0) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
}
