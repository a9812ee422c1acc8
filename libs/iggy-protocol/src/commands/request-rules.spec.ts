import { describe, expect, it } from "vitest";
import { BatchArena } from "../batch/batch-arena.js";
import { BATCH_AT, MESSAGE_AT } from "../batch/batch-header.js";
import { encodeBatch, encodeBatchUnchecked } from "../batch/encode-batch.js";
import { PAYLOAD_BYTES_MAX } from "../batch/message-limits.js";
import { COMMANDS } from "../command-table.js";
import { FRAME_BYTES_MAX, viewOf } from "../frame/frame-layout.js";
import { xxh3 } from "../hash/heap-hasher.js";
import { USER_HEADERS_BYTES_MAX } from "../primitives/user-headers.js";
import { encodeSendRoute } from "./send-messages.js";

const { login, createUser, updateUser, changePassword, sendMessages } = COMMANDS;

function refused(field: string, rule: RegExp) {
  return expect.objectContaining({
    code: "iggy-protocol.argument-out-of-range",
    context: expect.objectContaining({ field, rule: expect.stringMatching(rule) }),
  });
}

const loginRequest = (username: string, password: string, context = new Uint8Array(0)) => ({
  protocolVersion: 11264,
  sdkName: "spec",
  sdkVersion: "1",
  credentials: { kind: "password", username, password } as const,
  context,
});
const user = {
  username: "alice",
  password: "secret",
  status: "active",
  permissions: null,
  options: [],
} as const;

describe("users and passwords", () => {
  it("have 3 to 50 and 3 to 100 bytes", () => {
    for (const [username, password, field] of [
      ["ab", "secret", "username"],
      ["a".repeat(51), "secret", "username"],
      ["ü".repeat(26), "secret", "username"],
      ["alice", "pw", "password"],
      ["alice", "p".repeat(101), "password"],
    ] as const) {
      expect(() => login.codec.encodeRequest(loginRequest(username, password))).toThrow(
        refused(field, /^3 to/),
      );
      expect(() => createUser.codec.encodeRequest({ ...user, username, password })).toThrow(
        refused(field, /^3 to/),
      );
    }
    for (const [username, password] of [
      ["abc", "p".repeat(100)],
      ["ü".repeat(25), "pwd"],
    ] as const) {
      login.codec.encodeRequest(loginRequest(username, password));
      createUser.codec.encodeRequest({ ...user, username, password });
    }
  });

  it("are checked where they change, and only there", () => {
    const change = { user: 1, currentPassword: "x", newPassword: "secret" };
    changePassword.codec.encodeRequest(change);
    expect(() => changePassword.codec.encodeRequest({ ...change, newPassword: "x" })).toThrow(
      refused("new password", /^3 to 100/),
    );
    const update = { user: 1, username: null, status: null, options: [] };
    updateUser.codec.encodeRequest(update);
    expect(() => updateUser.codec.encodeRequest({ ...update, username: "al" })).toThrow(
      refused("username", /^3/),
    );
  });

  it("have a status that means something", () => {
    expect(() => createUser.codec.encodeRequest({ ...user, status: 9 })).toThrow(refused("status", /active/));
    const update = { user: 1, username: null, status: 0, options: [] };
    expect(() => updateUser.codec.encodeRequest(update)).toThrow(refused("status", /active/));
  });

  it("never show in an error", () => {
    for (const password of ["pw", "p".repeat(101), "p".repeat(300)]) {
      try {
        createUser.codec.encodeRequest({ ...user, password });
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify(error) + (error as Error).message).not.toContain(password);
      }
    }
  });

  it("may be anything the layout holds where rules are left out", () => {
    const body = createUser.codec.encodeRequestUnchecked({
      ...user,
      username: "al",
      password: "",
      status: 9,
    });
    expect(createUser.codec.decodeRequest(body)).toMatchObject({ username: "al", password: "", status: 9 });
  });
});

describe("frames", () => {
  it("have at most 64 MiB", () => {
    const room = FRAME_BYTES_MAX - 256 - login.codec.encodeRequest(loginRequest("iggy", "iggy")).length;
    login.codec.encodeRequest(loginRequest("iggy", "iggy", new Uint8Array(room)));
    expect(() => login.codec.encodeRequest(loginRequest("iggy", "iggy", new Uint8Array(room + 1)))).toThrow(
      refused("body", /at most 67108608/),
    );
  });
});

const message = { id: 1n, payload: Uint8Array.of(1, 2, 3), originMicros: 5 };

/** A send of two messages whose batch was changed; its checksums are made right again if told to. */
function send(change: (view: DataView, secondAt: number) => void, repair = false): () => unknown {
  const batch = encodeBatch([message, message]);
  const view = viewOf(batch);
  const secondAt = 256 + 48 + 3;
  change(view, secondAt);
  if (repair) {
    view.setBigUint64(secondAt, xxh3(batch, secondAt + 8), true);
    const sums = Buffer.concat([
      batch.subarray(0, 40),
      batch.subarray(48, 52),
      batch.subarray(256, 264),
      batch.subarray(secondAt, secondAt + 8),
    ]);
    view.setBigUint64(BATCH_AT.checksum, xxh3(new Uint8Array(sums)), true);
  }
  const partitioning = { kind: "balanced" } as const;
  return () =>
    sendMessages.codec.encodeRequest({ stream: 1, topic: 1, partitioning, messageCount: 2, batch });
}

describe("batches", () => {
  const invalid = expect.objectContaining({ code: "iggy-protocol.invalid-batch" });
  const mismatch = expect.objectContaining({ code: "iggy-protocol.checksum-mismatch" });

  it("are sent as the encoder made them", () => {
    expect(send(() => {})).not.toThrow();
    expect(send(() => {}, true)).not.toThrow();
  });

  it("are not sent with a wrong checksum, count, length, delta or reserved byte, or without a message", () => {
    expect(send((view) => view.setUint8(BATCH_AT.checksum, view.getUint8(BATCH_AT.checksum) ^ 1))).toThrow(
      mismatch,
    );
    expect(send((view) => view.setBigUint64(BATCH_AT.checksum, 0n, true))).toThrow(mismatch);
    expect(send((view, second) => view.setUint8(second, view.getUint8(second) ^ 1))).toThrow(mismatch);
    expect(send((view) => view.setUint32(BATCH_AT.messageCount, 3, true), true)).toThrow(invalid);
    expect(send((view) => view.setUint32(BATCH_AT.messageCount, 0, true), true)).toThrow(invalid);
    expect(send((view) => view.setUint32(BATCH_AT.batchLength, 300, true), true)).toThrow(invalid);
    expect(send((view) => view.setUint8(100, 1), true)).toThrow(invalid);
    expect(send((view, second) => view.setUint8(second + MESSAGE_AT.reserved, 1), true)).toThrow(invalid);
    expect(send((view, second) => view.setUint32(second + MESSAGE_AT.offsetDelta, 7, true), true)).toThrow(
      invalid,
    );
  });

  it("hold payloads of 1 byte to 64,000,000 and at most 100,000 bytes of user headers", () => {
    const limits = [
      [{ ...message, payload: new Uint8Array(0) }, "payload"],
      [{ ...message, payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1) }, "payload"],
      [{ ...message, headers: new Uint8Array(USER_HEADERS_BYTES_MAX + 1) }, "user headers"],
    ] as const;
    for (const [broken, field] of limits) {
      expect(() => encodeBatch([message, broken])).toThrow(refused(field, /bytes$/));
    }
    encodeBatch([{ ...message, headers: new Uint8Array(USER_HEADERS_BYTES_MAX) }]);
    expect(encodeBatchUnchecked([limits[0][0]])).toHaveLength(256 + 48);
  });

  it("fit a frame", () => {
    const payload = new Uint8Array(40_000_000);
    expect(() =>
      encodeBatch([
        { ...message, payload },
        { ...message, payload },
      ]),
    ).toThrow(refused("batch", /^at most 67108608/));
  });

  it("built in place have the same limits", () => {
    const arena = BatchArena.create({ slotCount: 1, slotBytes: 4096 });
    const slot = arena.acquire()!;
    slot.begin(encodeSendRoute(1, 1, { kind: "balanced" }));
    const id = new Uint32Array(4);
    expect(() => slot.commit(0, id, 1)).toThrow(refused("payload", /^1 to/));
    expect(() => slot.commit(PAYLOAD_BYTES_MAX + 1, id, 1)).toThrow(refused("payload", /^1 to/));
    expect(() => slot.commit(8, id, 1, USER_HEADERS_BYTES_MAX + 1)).toThrow(
      refused("user headers", /^at most/),
    );
    expect(slot.messageCount).toBe(0);
    slot.release();
  });

  it("have ids of 128 bits", () => {
    const largest = encodeBatch([{ ...message, id: 2n ** 128n - 1n }]);
    expect(largest.subarray(264, 280)).toEqual(new Uint8Array(16).fill(255));
    for (const id of [-1n, 2n ** 128n]) {
      expect(() => encodeBatch([{ ...message, id }])).toThrow(
        expect.objectContaining({ code: "iggy-protocol.argument-out-of-range" }),
      );
    }
  });

  it("take creation times of all 64 bits, and refuse what is no time", () => {
    const origin = (originMicros: number | bigint) => encodeBatch([{ ...message, originMicros }]);
    expect(viewOf(origin(2n ** 64n - 1n)).getBigUint64(BATCH_AT.originTimestamp, true)).toBe(2n ** 64n - 1n);
    expect(origin(7n)).toEqual(origin(7));
    const outOfRange = expect.objectContaining({ code: "iggy-protocol.argument-out-of-range" });
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 60, -1n, 2n ** 64n]) {
      expect(() => origin(wrong), String(wrong)).toThrow(outOfRange);
      expect(() => encodeBatch([message, { ...message, originMicros: wrong }]), String(wrong)).toThrow(
        outOfRange,
      );
    }
    expect(() => encodeBatch([message, { ...message, originMicros: 2n ** 40n }])).toThrow(outOfRange);
    const mixed = encodeBatch([message, { ...message, originMicros: 3n }]);
    expect(viewOf(mixed).getBigUint64(BATCH_AT.originTimestamp, true)).toBe(3n);
    expect(viewOf(mixed).getUint32(256 + MESSAGE_AT.timestampDelta, true)).toBe(2);
  });
});
