import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { PolledBatches } from "./batch/polled-batches.js";
import { type AnyCommand, COMMANDS } from "./command-table.js";
import type { CommandCodec } from "./commands/command-codec.js";
import { decodeReplyHeader } from "./frame/reply-header.js";
import { readReply } from "./frame/reply-outcome.js";
import { decodeRequestHeader, encodeRequestHeader } from "./frame/request-header.js";
import { optionValues } from "./primitives/topic-options.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

/** The command of a vector; codes of later stages (groups, users, tokens) are not spoken yet. */
function commandFor(code: number): (AnyCommand & { codec: CommandCodec<unknown, unknown> }) | undefined {
  return Object.values(COMMANDS).find((command) => command.code === code) as never;
}

describe.skipIf(!inject("sharedDir"))("recorded vectors", () => {
  const load = (name: string) =>
    JSON.parse(readFileSync(join(inject("sharedDir") || ".", "iggy/vectors", name), "utf8")).vectors;

  it("covers every command but the known later ones", () => {
    const codes = [...load("request-bodies.json"), ...load("reply-bodies.json")].map(
      ({ code }) => code as number,
    );
    const missing = [...new Set(codes)].filter((code) => !commandFor(code));
    expect(missing).toEqual([]);
  });

  it("request bodies decode and encode to the same bytes", () => {
    let count = 0;
    for (const vector of load("request-bodies.json")) {
      const command = commandFor(vector.code);
      if (!command) continue;
      expect(command.operation, vector.command).toBe(vector.operation);
      const body = bytesOf(vector.body);
      const again = hex(command.codec.encodeRequest(command.codec.decodeRequest(body)));
      // The Node client appends a partition count to delete topic, which servers ignore.
      expect(again, vector.command).toBe(
        vector.command === "DELETE_TOPIC" ? vector.body.slice(0, -8) : vector.body,
      );
      count++;
    }
    expect(count).toBeGreaterThan(35);
  });

  it("reply bodies decode and encode to the same bytes", () => {
    let count = 0;
    for (const vector of load("reply-bodies.json")) {
      const command = commandFor(vector.code);
      if (!command) continue;
      expect(command.replyOperation, vector.name).toBe(vector.operation);
      expect(command.resultFramed, vector.name).toBe(vector.resultSection === 4);
      const payload = bytesOf(vector.body).subarray(vector.resultSection ?? 0);
      expect(hex(command.codec.encodeReply(command.codec.decodeReply(payload))), vector.name).toBe(
        hex(payload),
      );
      count++;
    }
    expect(count).toBeGreaterThan(20);
  });

  it("reads the values that the official client reads", () => {
    const find = (name: string) =>
      load("reply-bodies.json").find((vector: { name: string }) => vector.name === name);
    const topic = find("create topic, defaults");
    const details = COMMANDS.createTopic.codec.decodeReply(bytesOf(topic.body).subarray(4));
    expect(details).toMatchObject({ id: 0, name: "t", partitionCount: 2, compressionAlgorithm: "none" });
    expect(String(details.createdAtMicros)).toBe(topic.decoded.createdAt);
    expect(String(details.maxTopicBytes)).toBe(topic.decoded.maxTopicSize);
    expect(
      Object.fromEntries(
        Object.entries(optionValues(details.derivedOptions)).map(([key, value]) => [
          key,
          typeof value === "bigint" ? String(value) : value,
        ]),
      ),
    ).toEqual(topic.decoded.derivedOptions);
    expect(details.partitions.map(({ id, segmentCount }) => [id, segmentCount])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    const cluster = COMMANDS.getClusterMetadata.codec.decodeReply(bytesOf(find("cluster metadata").body));
    expect(cluster).toMatchObject({
      name: "single-node",
      nodes: [{ tcpPort: 21020, role: "leader", status: "healthy" }],
    });
  });

  it("reads polled messages as the official client does", () => {
    let count = 0;
    for (const vector of load("reply-bodies.json")) {
      if (vector.code !== 100) continue;
      const polled = new PolledBatches(bytesOf(vector.body));
      polled.verifyChecksums();
      expect(polled).toMatchObject({
        partitionId: vector.decoded.partitionId,
        messageCount: vector.decoded.count,
      });
      for (const message of vector.decoded.messages) {
        expect(polled.next()).toBe(true);
        expect(String((polled.idHigh << 64n) | polled.idLow)).toBe(message.headers.id);
        expect(String(polled.offset)).toBe(message.headers.offset);
        expect(String(polled.timestampMicros)).toBe(message.headers.timestamp);
        expect(String(polled.originMicros)).toBe(message.headers.originTimestamp);
        expect(hex(polled.payload())).toBe(message.payload);
        expect(polled.headers().length).toBe(message.userHeaders.length);
        count++;
      }
      expect(polled.next()).toBe(false);
    }
    expect(count).toBe(5);
  });

  it("request headers", () => {
    for (const { fields, header } of load("request-headers.json")) {
      const decoded = decodeRequestHeader(bytesOf(header));
      expect(decoded).toMatchObject({
        size: fields.size,
        client: BigInt(fields.client),
        request: BigInt(fields.request),
        operation: fields.operation,
        session: BigInt(fields.session),
        code: fields.nonReplicatedCode ?? 0,
      });
      expect(hex(encodeRequestHeader(decoded, decoded.size - 256))).toBe(header);
    }
  });

  it("login bodies", () => {
    for (const { args, body } of load("register-bodies.json")) {
      const decoded = COMMANDS.login.codec.decodeRequest(bytesOf(body));
      expect(decoded).toMatchObject({
        protocolVersion: 11264,
        sdkName: "node-sdk",
        sdkVersion: args.sdkVersion,
      });
      expect(decoded.credentials).toEqual(
        args.token
          ? { kind: "token", token: args.token }
          : { kind: "password", username: args.username, password: args.password },
      );
      expect(hex(COMMANDS.login.codec.encodeRequest(decoded))).toBe(body);
    }
  });

  it("error replies", () => {
    const [status, result] = load("error-replies.json");
    expect(readReply(bytesOf(status.header))).toEqual({ kind: "refused", code: 40, channel: "status" });
    const frame = bytesOf(status.header + result.body);
    frame[208] = 128;
    frame[216] = 0;
    expect(decodeReplyHeader(frame).operation).toBe(128);
    expect(readReply(frame)).toEqual({ kind: "refused", code: 1012, channel: "result" });
  });
});
