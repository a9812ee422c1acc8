import { MemoryFileSystem } from "@ims/segment-log";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import { afterEach, describe, expect, it } from "vitest";
import { MetadataStore } from "../catalog/metadata-store.js";
import { RunningBrokers } from "../spec-support/running-broker.js";
import { runMaintenance } from "./maintenance-command.js";

const ROT_COUNT = seededRuns(100);
const dataDir = "/broker";
const directory = `${dataDir}/metadata`;
const running = new RunningBrokers();
afterEach(() => running.end());

/** The folder of a broker whose metadata are a snapshot and a journal behind it. */
async function wholeDisk(): Promise<MemoryFileSystem> {
  const fileSystem = new MemoryFileSystem();
  await (await running.start({ fileSystem })).close();
  const silent = () => undefined;
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  const addStreams = async (compactBytes: number, ids: readonly number[]) => {
    const store = await MetadataStore.open({ fileSystem, directory, logger, compactBytes });
    for (const stream of ids) {
      await store.exclusive(() =>
        store.commit({ type: "stream-created", stream, name: `s${stream}`, at: 1 }),
      );
    }
    await store.close();
  };
  await addStreams(1, [0, 1]);
  await addStreams(1 << 20, [2, 3, 4]);
  return fileSystem;
}

describe("a flipped bit in the metadata", () => {
  it(
    "keeps a broker from starting, which names file, byte and the command that mends it",
    async () => {
      const whole = await wholeDisk();
      const names = (await whole.list(directory)).filter((name) => !name.endsWith("synced"));
      expect(names.map((name) => name.replace(/-\d+/, ""))).toEqual(["journal.log", "snapshot.snap"]);
      let random = 4711;
      const draw = (below: number) => {
        random = (random * 48_271) % 2_147_483_647;
        return random % below;
      };
      for (let round = 0; round < ROT_COUNT; round++) {
        const path = `${directory}/${names[round % names.length]}`;
        const disk = whole.crashed(() => 1);
        const bytes = (await disk.readFile(path))!;
        const at = draw(bytes.length);
        disk.damage(path, at, Uint8Array.of(bytes[at]! ^ (1 << draw(8))));
        const error = await running.start({ fileSystem: disk }).catch((thrown: Error) => thrown);
        // Reserved, and read by nobody.
        if (at === 7) continue;
        const place = `${path} at ${at}`;
        expect(error, place).toMatchObject({ code: "journal.corrupt", context: { path } });
        const { position } = (error as Error & { context: { position: number } }).context;
        expect(position, place).toBeLessThanOrEqual(at);
        expect((error as Error).message, place).toContain("repair --data-dir");

        const lines: string[] = [];
        const print = (line: string) => void lines.push(line);
        expect(await runMaintenance({ command: "verify", dataDir, fileSystem: disk, print }), place).toBe(1);
        // Once: the line itself names the place, so what is wrong there need not.
        expect(lines.join("\n").split(`${path} at byte ${position}`), place).toHaveLength(2);
        expect(await runMaintenance({ command: "repair", dataDir, fileSystem: disk, print }), place).toBe(0);
        const broker = await running.start({ fileSystem: disk });
        await broker.close();
      }
    },
    seededMillis(100, 60_000),
  );
});
