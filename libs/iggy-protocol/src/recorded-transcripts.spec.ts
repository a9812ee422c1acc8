import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { PolledBatches } from "./batch/polled-batches.js";
import { validateBatch } from "./batch/validate-batch.js";
import { type AnyCommand, COMMANDS, commandOf } from "./command-table.js";
import type { CommandCodec } from "./commands/command-codec.js";
import { FrameKind, frameKind } from "./frame/frame-layout.js";
import { FrameReader } from "./frame/frame-reader.js";
import { Operation } from "./frame/operation.js";
import { decodeReplyHeader } from "./frame/reply-header.js";
import { readReply } from "./frame/reply-outcome.js";
import { decodeRequestHeader, encodeRequestHeader, frameBody } from "./frame/request-header.js";

interface Transcript {
  id: string;
  area: string;
  exchange: { conn: string; dir: "c2s" | "s2c"; hex?: string; trimmed?: boolean; note?: string }[];
}
type Codec = AnyCommand & { codec: CommandCodec<unknown, unknown> };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const repeated = (count: number, outcome: string): string[] => Array(count).fill(outcome);
const TRUNCATED = "iggy-protocol.truncated";
const INVALID = "iggy-protocol.invalid-value";
const FRAME_SIZE = "iggy-protocol.frame-size";

/** Recordings with requests that do not come out byte for byte, all on purpose but one, and what happens to them. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "command-byte-reply": ["header differs"],
  "command-byte-zero": ["header differs"],
  "describe-options": [INVALID, INVALID, TRUNCATED],
  "garbage-bytes": [FRAME_SIZE],
  "header-extras": repeated(6, "header differs"),
  "login-empty-body": [TRUNCATED],
  "login-empty-password": ["session.login differs"],
  "login-no-context": [TRUNCATED],
  "login-trailing-bytes": ["session.login differs"],
  "malformed-bodies": repeated(6, TRUNCATED),
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
  "topic-duplicate-and-missing": [INVALID],
  "topic-options-invalid": [INVALID],
  "topic-update": [INVALID],
  "truncated-frame": ["no whole frame"],
};

/** "same" when frame and body come out byte for byte, "unknown" for a command of a later stage. */
function roundTrip(bytes: Uint8Array): string {
  const reader = new FrameReader();
  try {
    reader.push(bytes);
    const frame = reader.next();
    if (!frame) return "no whole frame";
    const header = decodeRequestHeader(frame);
    if (hex(encodeRequestHeader(header, frame.length - 256)) !== hex(frame.subarray(0, 256)))
      return "header differs";
    const command = commandOf(header) as Codec | undefined;
    if (!command) return "unknown";
    const body = frameBody(frame);
    return hex(command.codec.encodeRequest(command.codec.decodeRequest(body))) === hex(body)
      ? "same"
      : `${command.name} differs`;
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
    for (const { id, exchange } of transcripts) {
      for (const { dir, hex: text, trimmed } of exchange) {
        if (dir !== "c2s" || !text || trimmed) continue;
        const outcome = roundTrip(new Uint8Array(Buffer.from(text, "hex")));
        if (outcome === "same") same++;
        else if (outcome !== "unknown") exceptions[id] = [...(exceptions[id] ?? []), outcome];
      }
    }
    expect(exceptions).toEqual(EXCEPTIONS);
    expect(same).toBeGreaterThan(500);
  });

  it("every reply of a known command reads and encodes to the same bytes", () => {
    let replies = 0;
    let batches = 0;
    for (const { id, exchange } of transcripts) {
      const sent = new Map<string, Codec | undefined>();
      for (const { conn, dir, hex: text, trimmed } of exchange) {
        if (!text || trimmed) continue;
        const frame = new Uint8Array(Buffer.from(text, "hex"));
        if (frame.length < 256) continue;
        if (dir === "c2s") {
          const header = decodeRequestHeader(frame);
          sent.set(
            `${conn} ${header.request} ${header.operation === 2}`,
            commandOf(header) as Codec | undefined,
          );
          continue;
        }
        const outcome = readReply(frame);
        if (outcome.kind !== "success" || frameKind(frame) !== FrameKind.Reply) continue;
        const { request, operation } = decodeReplyHeader(frame);
        const command = sent.get(`${conn} ${request} ${operation === 2}`);
        if (!command || command.replyOperation !== operation) continue;
        if (EXCEPTIONS[id] && outcome.payload.length === 0) continue;
        if (id === "node-send-poll" || id.startsWith("py-") || id.startsWith("rust-")) {
          // These clients repeat numbers for different reads: the pairing above cannot be trusted.
          if (operation === Operation.NonReplicated) continue;
        }
        if (exchange.some((entry) => entry.dir === "c2s" && entry.note?.includes("same number"))) continue;
        let again: Uint8Array;
        try {
          again = command.codec.encodeReply(command.codec.decodeReply(outcome.payload));
        } catch (error) {
          throw new Error(`${id} ${command.name} ${request} ${hex(outcome.payload)}`, { cause: error });
        }
        expect(hex(again), `${id} ${command.name}`).toBe(hex(outcome.payload));
        replies++;
        if (command.code === 100) {
          const polled = new PolledBatches(outcome.payload);
          polled.verifyChecksums();
          while (polled.next()) batches++;
        }
      }
    }
    expect(replies).toBeGreaterThan(300);
    expect(batches).toBeGreaterThan(100);
  });

  it("finds the faults of batches that the server refused", () => {
    for (const [id, code] of [
      ["send-batch-checksum-wrong", "checksum-mismatch"],
      ["send-batch-checksum-zero", "checksum-mismatch"],
      ["send-frame-checksum-wrong", "checksum-mismatch"],
      ["send-count-mismatch", "invalid-batch"],
    ]) {
      const transcript = transcripts.find((candidate) => candidate.id === id)!;
      const failures = transcript.exchange.flatMap(({ dir, hex: text, trimmed }) => {
        const frame = new Uint8Array(Buffer.from(text ?? "", "hex"));
        if (dir !== "c2s" || trimmed || frame.length < 256) return [];
        const command = commandOf(decodeRequestHeader(frame));
        if (command?.name !== "message.send") return [];
        const { batch, messageCount } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(frame));
        try {
          validateBatch(batch, 0, batch.length, messageCount);
          return [];
        } catch (error) {
          return [(error as { code: string }).code];
        }
      });
      expect(failures, id).toEqual([`iggy-protocol.${code}`]);
    }
  });
});
