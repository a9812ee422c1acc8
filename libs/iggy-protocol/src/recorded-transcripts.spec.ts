import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { PolledBatches } from "./batch/polled-batches.js";
import { type AnyCommand, COMMANDS, COMMON_REFUSALS, commandOf } from "./command-table.js";
import type { CommandCodec } from "./commands/command-codec.js";
import { FrameKind, frameKind } from "./frame/frame-layout.js";
import { FrameReader } from "./frame/frame-reader.js";
import { Operation } from "./frame/operation.js";
import { decodeReplyHeader } from "./frame/reply-header.js";
import { readReply } from "./frame/reply-outcome.js";
import { decodeRequestHeader, encodeRequestHeader, frameBody } from "./frame/request-header.js";
import { xxh3 } from "./hash/heap-hasher.js";
import { TOPIC_OPTION_KEYS } from "./primitives/topic-options.js";
import { RELEASE_VARIANT } from "./protocol-dialect.js";

interface Transcript {
  id: string;
  area: string;
  exchange: { conn: string; dir: "c2s" | "s2c"; hex?: string; trimmed?: boolean }[];
}
type Codec = AnyCommand & { codec: CommandCodec<unknown, unknown> };

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const repeated = (count: number, outcome: string): string[] => Array(count).fill(outcome);
const noCommand = (operation: number, code: number) => `no command: operation ${operation}, code ${code}`;
const TRUNCATED = "iggy-protocol.truncated";
const INVALID = "iggy-protocol.invalid-value";
const INVALID_BATCH = "iggy-protocol.invalid-batch";
const MISMATCH = "iggy-protocol.checksum-mismatch";
const OUT_OF_RANGE = "iggy-protocol.argument-out-of-range";
const FRAME_SIZE = "iggy-protocol.frame-size";

/** Recordings of requests that the layout allows and the rules for senders do not. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "send-batch-checksum-wrong": [MISMATCH],
  "send-batch-checksum-zero": [MISMATCH],
  "send-count-mismatch": [INVALID_BATCH],
  "send-empty-payload": [INVALID_BATCH],
  "send-frame-checksum-wrong": [MISMATCH],
  "user-create-get-list": repeated(5, OUT_OF_RANGE),
};

/** Recordings with requests that do not come out byte for byte, all on purpose but one, and what happens to them. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "command-byte-reply": ["header differs"],
  "command-byte-zero": ["header differs"],
  "defect-empty-group-name": [INVALID],
  "describe-options": [INVALID, INVALID, TRUNCATED],
  "garbage-bytes": [FRAME_SIZE],
  "header-extras": repeated(6, "header differs"),
  "login-empty-body": [TRUNCATED],
  "login-empty-password": ["session.login differs"],
  "login-legacy-code-38": [noCommand(2, 38)],
  "login-no-context": [TRUNCATED],
  "login-trailing-bytes": ["session.login differs"],
  "malformed-bodies": repeated(13, TRUNCATED),
  "node-errors": [noCommand(2, 60_000)],
  // The Node client appends a partition count that servers ignore.
  "node-streams-topics": ["topic.delete differs"],
  "offset-store-get-delete": [INVALID],
  "poll-edges": [INVALID, INVALID, TRUNCATED],
  "reserved-header-bytes": repeated(2, "header differs"),
  "send-messages-key": [INVALID],
  "size-above-limit": [FRAME_SIZE],
  "size-below-header": [FRAME_SIZE],
  "split-frame": repeated(3, "no whole frame"),
  "stream-invalid-names": [INVALID, INVALID, TRUNCATED, TRUNCATED],
  tokens: [INVALID],
  "topic-duplicate-and-missing": [INVALID],
  "topic-options-invalid": [INVALID],
  "topic-update": [INVALID],
  "truncated-frame": ["no whole frame"],
  "unauthenticated-read": [noCommand(2, 60_000)],
  "unknown-command-code": [0, 2, 60_000, 14, 103, 104, 123, 15].map((code) => noCommand(2, code)),
  "unknown-operation": [noCommand(200, 0), noCommand(64, 0)],
};

const REQUEST_OPERATIONS: ReadonlyMap<number, number> = new Map(
  Object.values(COMMANDS).map(({ operation, replyOperation }) => [replyOperation, operation]),
);

interface Sent {
  /** "same" when frame and body come out byte for byte. */
  readonly outcome: string;
  /** What the rules for senders say to a request that came out the same, `undefined` when they allow it. */
  readonly refusal?: string | undefined;
}

function send(bytes: Uint8Array): Sent {
  const reader = new FrameReader();
  try {
    reader.push(bytes);
    const frame = reader.next();
    if (!frame) return { outcome: "no whole frame" };
    const header = decodeRequestHeader(frame);
    if (hex(encodeRequestHeader(header, frame.length - 256)) !== hex(frame.subarray(0, 256)))
      return { outcome: "header differs" };
    const command = commandOf(header) as Codec | undefined;
    if (!command) return { outcome: noCommand(header.operation, header.code) };
    const body = frameBody(frame);
    const request = command.codec.decodeRequest(body);
    if (hex(command.codec.encodeRequestUnchecked(request)) !== hex(body))
      return { outcome: `${command.name} differs` };
    return { outcome: "same", refusal: codeOf(() => command.codec.encodeRequest(request)) };
  } catch (error) {
    return { outcome: (error as { code: string }).code };
  }
}

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe.skipIf(!inject("sharedDir"))("recorded transcripts", () => {
  const folder = join(inject("sharedDir") || ".", "iggy/transcripts");
  const transcripts = (inject("sharedDir") ? readdirSync(folder) : [])
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Transcript);

  it("requests decode and encode to the same bytes, and those that break the rules fail as known", () => {
    let same = 0;
    const exceptions: Record<string, string[]> = {};
    const refusals: Record<string, string[]> = {};
    for (const { id, exchange } of transcripts) {
      for (const { dir, hex: text, trimmed } of exchange) {
        if (dir !== "c2s" || !text || trimmed) continue;
        const { outcome, refusal } = send(bytesOf(text));
        if (outcome === "same") same++;
        else exceptions[id] = [...(exceptions[id] ?? []), outcome];
        if (refusal) refusals[id] = [...(refusals[id] ?? []), refusal];
      }
    }
    expect(exceptions).toEqual(EXCEPTIONS);
    expect(refusals).toEqual(REFUSED);
    expect(same).toBeGreaterThan(700);
  });

  it("every success reads and encodes to the same bytes, and every refusal is in the command table", () => {
    const refusals: { command: Codec; code: number; id: string }[] = [];
    let replies = 0;
    let messages = 0;
    for (const { id, exchange } of transcripts) {
      // Some clients repeat numbers; replies of one number and operation come in the order of their requests.
      const waiting = new Map<string, Codec[]>();
      for (const { conn, dir, hex: text, trimmed } of exchange) {
        if (!text) continue;
        const frame = bytesOf(text);
        if (frame.length < 256) continue;
        if (dir === "c2s") {
          const header = decodeRequestHeader(frame);
          const command = commandOf(header) as Codec | undefined;
          // The server answers number 0 of a partition operation as 1.
          if (command) {
            const key = `${conn} ${header.request || (header.operation >= 160 ? 1n : 0n)} ${command.operation}`;
            waiting.set(key, [...(waiting.get(key) ?? []), command]);
          }
          continue;
        }
        if (frameKind(frame) !== FrameKind.Reply) continue;
        const { request, operation } = decodeReplyHeader(frame);
        // Commits carry another operation for three commands, refusals before the log do not.
        const sentAs = REQUEST_OPERATIONS.get(operation) ?? operation;
        const command = waiting.get(`${conn} ${request} ${sentAs}`)?.shift();
        if (!command || trimmed) continue;
        const outcome = readReply(frame);
        if (outcome.kind === "refused") refusals.push({ command, code: outcome.code, id });
        if (outcome.kind !== "success") continue;
        // Servers answer some bodies that they cannot read with an empty success.
        if (outcome.payload.length === 0 && EXCEPTIONS[id]) continue;
        let again: Uint8Array;
        try {
          again = command.codec.encodeReply(command.codec.decodeReply(outcome.payload));
        } catch (error) {
          throw new Error(`${id} ${command.name} ${request} ${hex(outcome.payload)}`, { cause: error });
        }
        expect(hex(again), `${id} ${command.name}`).toBe(hex(outcome.payload));
        replies++;
        if (command.code === COMMANDS.pollMessages.code) {
          const polled = new PolledBatches(outcome.payload);
          polled.verifyChecksums();
          while (polled.next()) messages++;
        }
      }
    }
    const unlisted = refusals.filter(
      ({ command, code }) => !command.refusals.includes(code) && !COMMON_REFUSALS.includes(code),
    );
    expect(unlisted.map(({ command, code, id }) => `${id}: ${command.name} ${code}`)).toEqual([]);
    expect(refusals.length).toBeGreaterThan(80);
    expect(replies).toBeGreaterThan(600);
    expect(messages).toBeGreaterThan(100);
  });

  it("clients stamp request checksums as their variant says; only recordings of faults have wrong ones", () => {
    const stamped: Record<string, Set<number>> = {};
    const wrong = new Set<string>();
    for (const { id, exchange } of transcripts) {
      for (const { dir, hex: text, trimmed } of exchange) {
        const frame = bytesOf(text ?? "");
        if (dir !== "c2s" || trimmed || frame.length < 256) continue;
        const { requestChecksum, operation } = decodeRequestHeader(frame);
        if (requestChecksum === 0n) continue;
        stamped[id] = (stamped[id] ?? new Set()).add(operation);
        if (requestChecksum !== xxh3(frameBody(frame))) wrong.add(id);
      }
    }
    expect([...wrong].sort()).toEqual(["garbage-bytes", "request-checksum-wrong"]);
    expect(Object.keys(stamped).filter((id) => id.startsWith("node-"))).toEqual([]);
    const { Register, Logout, CreateStream, DeleteStream, CreateTopic } = Operation;
    const { CreateConsumerGroup, JoinConsumerGroup, LeaveConsumerGroup } = Operation;
    expect([...stamped["rust-0-11-0-smoke"]!]).toEqual([
      ...[Register, CreateStream, CreateTopic, CreateConsumerGroup],
      ...[JoinConsumerGroup, LeaveConsumerGroup, DeleteStream, Logout],
    ]);
  });

  it("the wheel and the released crate create topics with the keys of their variant", () => {
    const keys = RELEASE_VARIANT.topicOptions.map((name) => TOPIC_OPTION_KEYS[name].key as string);
    for (const id of ["py-create-topic", "rust-0-11-0-smoke"]) {
      const sent = transcripts
        .find((transcript) => transcript.id === id)!
        .exchange.filter(({ dir, hex: text }) => dir === "c2s" && text)
        .map(({ hex: text }) => bytesOf(text!))
        .filter((frame) => decodeRequestHeader(frame).operation === Operation.CreateTopic)
        .flatMap((frame) => COMMANDS.createTopic.codec.decodeRequest(frameBody(frame)).options);
      expect(sent.map(({ key }) => key)).toEqual(["consumer_offset_durability", "durability"]);
      expect(keys).toEqual(expect.arrayContaining(sent.map(({ key }) => key)));
    }
  });
});
