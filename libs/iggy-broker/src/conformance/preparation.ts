import {
  COMMANDS,
  commandOf,
  decodeReplyHeader,
  decodeRequestHeader,
  FrameKind,
  frameBody,
  frameKind,
  HEADER_BYTES,
  Operation,
} from "@ims/iggy-protocol";
import type { Transcript } from "./transcript.js";

/** A topic that was there before the recording began. */
export interface PreparedTopic {
  readonly stream: string;
  readonly topic: string;
  readonly partitionCount: number;
}

/**
 * Finds the topics that a recording sends to with success and does not create. How many partitions they have is in the
 * details that the recording itself reads, or follows from the partition that is sent to.
 */
export function preparedTopics(transcript: Transcript): PreparedTopic[] {
  let createsItsOwn = false;
  const prepared = new Map<string, PreparedTopic>();
  for (const [index, entry] of transcript.exchange.entries()) {
    const frame = wholeRequest(entry.dir, entry.hex);
    if (frame === undefined) continue;
    const body = frameBody(frame);
    const { operation } = decodeRequestHeader(frame);
    if (operation === Operation.CreateStream || operation === Operation.CreateTopic) createsItsOwn = true;
    if (operation !== Operation.SendMessages || createsItsOwn) continue;
    const request = decoded(() => COMMANDS.sendMessages.codec.decodeRequest(body));
    if (typeof request?.stream !== "string" || typeof request.topic !== "string") continue;
    if (!isAnswered(transcript, index)) continue;
    const { stream, topic, partitioning } = request;
    const sentTo = partitioning.kind === "partition" ? partitioning.partitionId + 1 : 1;
    const partitionCount = Math.max(sentTo, listedPartitions(transcript, stream, topic));
    prepared.set(JSON.stringify([stream, topic]), { stream, topic, partitionCount });
  }
  return [...prepared.values()];
}

function wholeRequest(dir: string, hex: string | undefined): Buffer | undefined {
  if (dir !== "c2s" || hex === undefined) return undefined;
  const frame = Buffer.from(hex, "hex");
  return frame.length >= HEADER_BYTES && frameKind(frame) === FrameKind.Request ? frame : undefined;
}

function isAnswered({ exchange }: Transcript, index: number): boolean {
  const reply = exchange.slice(index + 1).find((entry) => entry.conn === exchange[index]!.conn);
  if (reply?.dir !== "s2c" || reply.hex === undefined) return false;
  const frame = Buffer.from(reply.hex, "hex");
  return frameKind(frame) === FrameKind.Reply && decodeReplyHeader(frame).status === 0;
}

function listedPartitions({ exchange }: Transcript, stream: string, topic: string): number {
  for (const [index, entry] of exchange.entries()) {
    const frame = wholeRequest(entry.dir, entry.hex);
    if (frame === undefined || commandOf(decodeRequestHeader(frame)) !== COMMANDS.getTopic) continue;
    const target = decoded(() => COMMANDS.getTopic.codec.decodeRequest(frameBody(frame)));
    const reply = exchange[index + 1];
    if (target?.stream !== stream || target.topic !== topic || reply?.hex === undefined) continue;
    const body = Buffer.from(reply.hex, "hex").subarray(HEADER_BYTES);
    return decoded(() => COMMANDS.getTopic.codec.decodeReply(body))?.partitionCount ?? 0;
  }
  return 0;
}

function decoded<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
