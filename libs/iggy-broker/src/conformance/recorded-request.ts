import { createHash } from "node:crypto";
import { COMMANDS, decodeRequestHeader, encodeBatch, HEADER_BYTES, xxh3 } from "@ims/iggy-protocol";
import type { Entry } from "./transcript.js";

const CHECKSUM_AT = 144;
const SESSION_AT = 184;

/** A value that the server chose: as it was recorded, and as it is now. */
export interface ChosenValue {
  readonly recorded: Buffer;
  readonly live: Buffer;
}

/** What the server under test has chosen so far. */
export interface ChosenValues {
  /** Session of the connection's own login. */
  readonly session: Buffer | undefined;
  readonly tokens: readonly ChosenValue[];
  readonly connectionNumbers: readonly ChosenValue[];
}

/** The frame to send: as recorded, with the values that the server chooses put in their places. */
export function requestFrame(entry: Entry, chosen: ChosenValues): Buffer {
  const frame = entry.trimmed ? rebuilt(entry) : Buffer.from(entry.hex!, "hex");
  if (frame.length < HEADER_BYTES) return frame;
  const carriesSession = entry.varies?.some(
    ({ at, what }) => at === SESSION_AT && what.startsWith("session"),
  );
  if (carriesSession) chosen.session?.copy(frame, SESSION_AT);
  if (entry.note?.includes("copied")) replaceTokens(frame, chosen.tokens);
  if (isGetClient(frame)) replaceConnectionNumber(frame, chosen.connectionNumbers);
  return frame;
}

function replaceTokens(frame: Buffer, tokens: readonly ChosenValue[]): void {
  for (const { recorded, live } of tokens) {
    const at = frame.indexOf(recorded, HEADER_BYTES);
    if (at >= 0) live.copy(frame, at);
  }
  restamp(frame);
}

function isGetClient(frame: Buffer): boolean {
  const { operation, code } = decodeRequestHeader(frame);
  return operation === COMMANDS.getClient.operation && code === COMMANDS.getClient.code;
}

function replaceConnectionNumber(frame: Buffer, numbers: readonly ChosenValue[]): void {
  const number = numbers.find(({ recorded }) => recorded.equals(frame.subarray(HEADER_BYTES)));
  number?.live.copy(frame, HEADER_BYTES);
  restamp(frame);
}

function restamp(frame: Buffer): void {
  if (frame.readBigUInt64LE(CHECKSUM_AT) === 0n) return;
  frame.writeBigUInt64LE(xxh3(frame.subarray(HEADER_BYTES)), CHECKSUM_AT);
}

/** Builds the body of a shortened request again from its recipe, and checks it against the recorded hash. */
function rebuilt(entry: Entry): Buffer {
  const head = Buffer.from(entry.hex!, "hex");
  const routeBytes = 4 + head.readUInt32LE(HEADER_BYTES);
  const batch = encodeBatch(recipeMessages(entry.recipe ?? ""));
  const frame = Buffer.concat([head.subarray(0, HEADER_BYTES + routeBytes), batch]);
  const hash = createHash("sha256").update(frame).digest("hex");
  if (hash !== entry.sha256) throw new Error(`the recipe "${entry.recipe}" does not give the recorded frame`);
  return frame;
}

function recipeMessages(recipe: string): { id: bigint; payload: Uint8Array; originMicros: number }[] {
  const originMicros = 1_700_000_000_000_000;
  const large = /^one message, id (\d+), payload byte i = i mod 251, (\d+) bytes$/.exec(recipe);
  if (large) {
    const payload = Uint8Array.from({ length: Number(large[2]) }, (_, index) => index % 251);
    return [{ id: BigInt(large[1]!), payload, originMicros }];
  }
  const [count, start] = [Number.parseInt(recipe, 10), Number(/i = (\d+)\.\./.exec(recipe)?.[1] ?? 0)];
  if (!(count >= 1)) throw new Error(`the recipe "${recipe}" is not understood`);
  const filled = /payload (\d+) times 0x([0-9a-f]{2})/.exec(recipe);
  return Array.from({ length: count }, (_, index) => {
    const number = start + index;
    const payload = filled
      ? new Uint8Array(Number(filled[1])).fill(Number.parseInt(filled[2]!, 16))
      : Buffer.from(`msg-${String(number).padStart(4, "0")}`);
    return { id: BigInt(number + 1), payload, originMicros };
  });
}
