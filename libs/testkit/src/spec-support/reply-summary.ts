import {
  type AnyCommand,
  COMMANDS,
  type CommandCodec,
  decodeReplyHeader,
  PolledBatches,
  readReply,
} from "@ims/iggy-protocol";
import { numberOf } from "./outcomes.js";

/** Fields that depend on the time, or on how a server keeps its files. */
const OWN = new Set(["createdAtMicros", "sizeBytes", "segmentCount"]);

/** What a reply says, without what two right servers may say differently; as text, to be compared. */
export function replySummary(command: AnyCommand, frame: Uint8Array | undefined): string {
  if (!frame) return "silence";
  // A copy without the manners of a Buffer, which prints its bytes in a way of its own.
  const outcome = readReply(new Uint8Array(frame));
  if (outcome.kind === "evicted") return `eviction ${outcome.eviction.reason}`;
  const { request, operation } = decodeReplyHeader(frame);
  const head = `reply to ${request}, operation ${operation}`;
  if (outcome.kind === "refused") return `${head}: refused by ${outcome.channel} with ${outcome.code}`;
  if (command === COMMANDS.pollMessages) return `${head}: ${pollSummary(outcome.payload)}`;
  const codec = command.codec as CommandCodec<unknown, unknown>;
  return `${head}: ${JSON.stringify(codec.decodeReply(outcome.payload), withoutOwn)}`;
}

function pollSummary(payload: Uint8Array): string {
  const batches = new PolledBatches(payload);
  batches.verifyChecksums();
  const messages: string[] = [];
  while (batches.next()) messages.push(`${batches.offset}=${numberOf(batches.payload())}`);
  return `partition ${batches.partitionId} up to ${batches.currentOffset}: ${messages.join(" ")}`;
}

function withoutOwn(key: string, value: unknown): unknown {
  if (OWN.has(key)) return undefined;
  return typeof value === "bigint" ? value.toString() : value;
}
