import { inflateRawSync } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import { COMMANDS, type GetSnapshotRequest } from "@ims/iggy-protocol";
import { afterEach, describe, expect, it } from "vitest";
import { newUser } from "../catalog/user-change.js";
import type { BrokerContext } from "../handlers/broker-context.js";
import type { Caller } from "../handlers/caller.js";
import type { FrameClient } from "../spec-support/frame-client.js";
import { createTopic, send } from "../spec-support/messages.js";
import { ALICE, createAlice, password, RunningBrokers, refusal } from "../spec-support/running-broker.js";
import { getSnapshot } from "./server-snapshot.js";

const running = new RunningBrokers();
afterEach(() => running.end());

const READ = 2;

function snapshot(client: FrameClient, request: GetSnapshotRequest): Promise<Uint8Array> {
  return client.call(COMMANDS.getSnapshot, request);
}

/** Files of an archive by name, read through its directory as unpacking programs do. */
function unpacked(bytes: Uint8Array): Map<string, string> {
  const archive = Buffer.from(bytes);
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const files = new Map<string, string>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    expect(archive.readUInt32LE(at)).toBe(0x02014b50);
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString("ascii", at + 46, at + 46 + nameBytes);
    const start = archive.readUInt32LE(at + 42);
    expect(archive.toString("ascii", start + 30, start + 30 + nameBytes)).toBe(name);
    const data = archive.subarray(
      start + 30 + nameBytes,
      start + 30 + nameBytes + archive.readUInt32LE(at + 20),
    );
    const content = archive.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : data;
    expect(content.length).toBe(archive.readUInt32LE(at + 24));
    files.set(name, content.toString());
    at += 46 + nameBytes;
  }
  return files;
}

describe("a snapshot", () => {
  it.each(["stored", "deflated"] as const)(
    "tells everything the broker knows of itself, %s",
    async (compression) => {
      const broker = await running.start({ username: "rooty", password: "very-secret-root" });
      const admin = await running.login(broker, password("rooty", "very-secret-root"));
      await createTopic(admin, 2);
      await send(admin, ["a"], 1);
      const files = unpacked(await snapshot(admin, { compression, parts: ["all"] }));
      expect([...files.keys()]).toEqual([
        "filesystem-overview.txt",
        "process-list.txt",
        "resource-usage.txt",
        "test.txt",
        "server-logs.txt",
        "server-config.txt",
      ]);
      expect(files.get("filesystem-overview.txt")).toContain("0 0 1 2 1 305 0 1 accepting\n");
      expect(files.get("server-config.txt")).toContain('"frameBytesMax": 67108864');
      expect(files.get("server-logs.txt")).toContain("the broker listens");
      expect([...files.values()].join()).not.toContain("very-secret-root");
    },
  );

  it("of chosen parts has those, and of none is empty", async () => {
    const admin = await running.login(await running.start());
    const parts = ["test", "resource-usage", "test"] as const;
    const files = unpacked(await snapshot(admin, { compression: "stored", parts }));
    expect([...files.keys()]).toEqual(["test.txt", "resource-usage.txt"]);
    expect(await snapshot(admin, { compression: "deflated", parts: [] })).toHaveLength(22);
  });

  it("is refused without the right to it and in methods that are not offered", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createAlice(admin);
    const alice = await running.login(broker, ALICE);
    const all = { compression: "deflated", parts: ["all"] } as const;
    expect(await refusal(snapshot(alice, all))).toBe("status 41");
    expect(await refusal(snapshot(admin, { ...all, compression: "zstd" }))).toBe("status 5");
    expect(await admin.ask(READ, Uint8Array.of(1), { code: 11 })).toMatchObject({ code: 3 });
    expect(await admin.ask(READ, Uint8Array.of(9, 0), { code: 11 })).toMatchObject({ code: 3 });
  });

  it("is refused with 9000 while another one is made, and made again behind it", async () => {
    const user = newUser(0, { name: "iggy", at: 1, status: "active", passwordHash: "", permissions: null });
    const context = { clock: new SimulatedClock() } as unknown as BrokerContext;
    const body = COMMANDS.getSnapshot.codec.encodeRequest({ compression: "deflated", parts: ["test"] });
    const make = () => getSnapshot(context, body, { user } as Caller);
    const [first, second] = await Promise.allSettled([make(), make()]);
    expect(first).toMatchObject({ status: "fulfilled" });
    expect(second).toMatchObject({ reason: { channel: "status", code: 9000 } });
    expect(unpacked(await make()).get("test.txt")).toBe("test\n");
  });
});
