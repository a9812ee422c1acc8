import {
  COMMANDS,
  type CreateStreamRequest,
  type Identifier,
  IggyErrorCode,
  type Option,
  type StreamTarget,
  type UpdateStreamRequest,
} from "@ims/iggy-protocol";
import type { StreamEntry } from "../catalog/catalog.js";
import type { BrokerContext } from "./broker-context.js";
import type { Decision } from "./decision.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const STREAM_COUNT_MAX = 2 ** 20;

export function createStream(context: BrokerContext, { name, options }: CreateStreamRequest): Decision {
  const { streams } = context.catalog;
  refuseOptions(options);
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
): Decision {
  refuseOptions(options);
  const entry = existingStream(context, stream);
  const holder = context.catalog.streams.find(name);
  if (holder !== undefined && holder !== entry) throw resultRefusal(IggyErrorCode.StreamNameAlreadyExists);
  return { change: { type: "stream-renamed", stream: entry.id, name } };
}

export function deleteStream(context: BrokerContext, { stream }: StreamTarget): Decision {
  return { change: { type: "stream-deleted", stream: existingStream(context, stream).id } };
}

export function purgeStream(context: BrokerContext, { stream }: StreamTarget): Decision {
  const { id } = existingStream(context, stream);
  return { change: { type: "stream-purged", stream: id, firstStorageId: context.catalog.nextStorageId } };
}

/** @throws Refusal result 1009 */
export function existingStream(context: BrokerContext, stream: Identifier): StreamEntry {
  const entry = context.catalog.streams.find(stream);
  if (entry === undefined) throw resultRefusal(IggyErrorCode.StreamIdNotFound);
  return entry;
}

/** The option catalog of streams is empty. */
function refuseOptions(options: readonly Option[]): void {
  if (options.length > 0) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
}
