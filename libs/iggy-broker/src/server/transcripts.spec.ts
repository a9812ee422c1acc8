import { readdirSync } from "node:fs";
import { MemoryFileSystem } from "@ims/segment-log";
import { describe, expect, inject, it } from "vitest";
import { startBroker } from "../broker.js";
import { readTranscript, replay } from "../spec-support/transcript.js";

/** Recordings that are not answered alike, and why; every other one must be. */
const NOT_YET: Readonly<Record<string, string>> = {
  "defect-empty-group-name": "a fault of the reference server, which ends here; we answer",
  "get-client-and-clients": "the list of clients is not offered yet",
  "malformed-bodies": "x",
  "pat-login": "x",
  "py-create-topic": "the recorded server refuses the option durability, which clients of 0.11.0 always send",
  "py-send-poll": "begins with a topic that the recording does not create",
  "topic-options-invalid":
    "the recorded server refuses the option durability, which clients of 0.11.0 always send",
};

const folder = inject("sharedDir") && `${inject("sharedDir")}/iggy/transcripts`;
const names = folder ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

describe.skipIf(!inject("sharedDir"))("recorded exchanges with the reference server", () => {
  const ids = names.map((name) => name.slice(0, -".json".length));

  it.each(ids.filter((id) => NOT_YET[id] === undefined))("are answered alike: %s", async (id) => {
    const broker = await startBroker({ port: 0, dataDir: "/broker", fileSystem: new MemoryFileSystem() });
    try {
      expect(await replay(readTranscript(`${folder}/${id}.json`), broker.port)).toEqual([]);
    } finally {
      await broker.close();
    }
  });

  for (const [id, reason] of Object.entries(NOT_YET)) it.skip(`not yet: ${id}: ${reason}`, () => undefined);

  it("finds every recording that it lists as not yet answered alike", () => {
    expect(Object.keys(NOT_YET).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
