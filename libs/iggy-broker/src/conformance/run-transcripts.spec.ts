import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runTranscript } from "./run-transcripts.js";
import { type Entry, readTranscript, type Transcript } from "./transcript.js";

const folder = inject("sharedDir") && `${inject("sharedDir")}/iggy/transcripts`;

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "transcripts-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function differencesOf(content: unknown): Promise<readonly string[] | undefined> {
  const path = join(directory, "changed.json");
  writeFileSync(path, JSON.stringify(content));
  return (await runTranscript(path, { answerMillis: 200 }))?.differences;
}

describe("a file that is no whole recording", () => {
  it.each([
    [{ id: "x", exchange: {} }, "not a list"],
    [{ exchange: [] }, "no id"],
    [{ id: "x", exchange: [{ conn: "a", dir: "c2s", hex: "0" }] }, "neither event nor hex"],
    [{ id: "x", exchange: [{ conn: "a", dir: "up", hex: "00" }] }, "no direction"],
    [{ id: "x", exchange: [{ conn: "a", dir: "c2s", hex: "00", varies: [{ at: 1 }] }] }, "variations"],
  ])("is a failure that names the fault: %j", async (content, fault) => {
    expect(await differencesOf(content)).toEqual([expect.stringContaining(fault)]);
  });

  it("is left alone when it has no exchange at all", async () => {
    expect(await differencesOf({ frames: [] })).toBeUndefined();
  });
});

describe.skipIf(!folder)("a recording that was changed", () => {
  const load = (id: string): Transcript => readTranscript(`${folder}/${id}.json`)!;

  async function afterChange(id: string, index: number, change: (entry: Entry) => Entry) {
    const transcript = load(id);
    const exchange = transcript.exchange.map((entry, at) => (at === index ? change(entry) : entry));
    return differencesOf({ ...transcript, exchange });
  }

  const flip = (byteAt: number) => (entry: Entry) => {
    const frame = Buffer.from(entry.hex!, "hex");
    frame[byteAt]! ^= 1;
    return { ...entry, hex: frame.toString("hex") };
  };

  it("passes unchanged", async () => {
    expect(await differencesOf(load("group-join-two-members"))).toEqual([]);
  });

  it.each([
    ["a byte of a body", "group-join-two-members", 15, 256 + 8, "byte 264"],
    ["a status", "flush", 9, 216, "status 5"],
    ["a request number", "get-me", 3, 200, "expected reply to 0"],
    ["the reason of an eviction", "login-bad-password", 1, 255, "eviction"],
  ])("fails at %s", async (_what, id, index, byteAt, said) => {
    const differences = await afterChange(id, index, flip(byteAt));
    expect(differences?.[0]).toContain(`#${index}`);
    expect(differences?.join(" ")).toContain(said);
  });

  it("lets the time pass that a note speaks of, without waiting", async () => {
    const transcript = load("group-revocation-waits-for-commit");
    // In place of the commit the recording waits for the rebalancing timeout.
    const inTime = (note: string) => [
      ...transcript.exchange.slice(0, 30),
      { ...transcript.exchange[32]!, note },
      ...transcript.exchange.slice(33, 36),
    ];
    const waited = inTime("a syncs, 31 s later");
    expect(await differencesOf({ ...transcript, exchange: waited })).toEqual([]);
    expect(await differencesOf({ ...transcript, exchange: inTime("a syncs") })).not.toEqual([]);
  });

  it("fails when a reply is left out", async () => {
    const transcript = load("get-me");
    const exchange = transcript.exchange.slice(0, -1);
    expect(await differencesOf({ ...transcript, exchange })).toEqual([
      expect.stringContaining("not recorded"),
    ]);
  });

  it("fails when the answer that a faulty server never gave is no refusal", async () => {
    // With a name in place of the empty one the group is created.
    const differences = await afterChange("defect-empty-group-name", 6, (entry) => {
      const frame = Buffer.concat([Buffer.from(entry.hex!, "hex").subarray(0, -1), Buffer.from([1, 0x67])]);
      frame.writeUInt32LE(frame.length, 48);
      return { ...entry, hex: frame.toString("hex") };
    });
    expect(differences).toEqual([expect.stringContaining("a refusal is right")]);
  });
});
