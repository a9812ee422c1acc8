import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS, decodeBatch } from "@ims/iggy-protocol";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyDataDir } from "./maintenance/verify-data-dir.js";
import { FrameClient } from "./spec-support/frame-client.js";
import { createTopic, STREAM, send, TOPIC } from "./spec-support/messages.js";

const bin = new URL("../dist/bin.js", import.meta.url);
const PARTITION_COUNT = 3;
/** Confirmed sends after which the process is killed, round by round. */
const KILLED_AFTER = [1, 40, 160, 7, 300, 90];
const ROUND_COUNT = seededRuns(KILLED_AFTER.length);

let directory = "";
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "iggy-broker-"));
});
afterEach(async () => {
  await kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

async function startProcess(): Promise<number> {
  const started = spawn(process.execPath, [bin.pathname, "--port", "0", "--data-dir", directory], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  child = started;
  const [text] = (await once(started.stdout, "data")) as [Buffer];
  return Number(/:(\d+)/.exec(text.toString())![1]);
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const running = child;
  child = undefined;
  if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
  const exited = once(running, "exit");
  running.kill(signal);
  await exited;
}

/** Numbers of the messages of a partition, in the order of their offsets, which must have no gap. */
async function numbersOf(client: FrameClient, partitionId: number): Promise<number[]> {
  const numbers: number[] = [];
  for (;;) {
    const { batches } = await client.call(COMMANDS.pollMessages, {
      consumer: { kind: "consumer", id: 1 },
      stream: STREAM,
      topic: TOPIC,
      partitionId,
      strategy: { kind: "offset", value: BigInt(numbers.length) },
      count: 10_000,
      autoCommit: false,
    });
    if (batches.length === 0) return numbers;
    for (let at = 0; at < batches.length; ) {
      const { header, messages } = decodeBatch(batches, at);
      for (const { offset, payload } of messages) {
        expect(offset).toBe(numbers.length);
        numbers.push(Number(Buffer.from(payload).toString().trim()));
      }
      at += header.batchBytes;
    }
  }
}

/** What one writer of one partition was told. */
interface Confirmed {
  count: number;
  storedOffset: number;
}

/** Sends batches of three, each when the one before is confirmed, until the broker is gone. */
async function write(
  client: FrameClient,
  partitionId: number,
  confirmed: Confirmed,
  onConfirmed: () => void,
) {
  const consumer = { kind: "consumer", id: 5 } as const;
  const target = { stream: STREAM, topic: TOPIC, consumer, partitionId };
  try {
    for (;;) {
      const texts = [0, 1, 2].map((index) =>
        `${confirmed.count + index}`.padEnd(50 + (confirmed.count % 900)),
      );
      const offset = await send(client, texts, partitionId);
      expect(offset).toBe(confirmed.count);
      confirmed.count += texts.length;
      await client.call(COMMANDS.storeOffset, { ...target, offset: BigInt(offset), ack: "quorum" });
      confirmed.storedOffset = offset;
      onConfirmed();
    }
  } catch (error) {
    if (!/closed/.test((error as Error).message)) throw error;
  } finally {
    await client.end();
  }
}

describe.skipIf(!existsSync(bin))("a broker process that is killed again and again under load", () => {
  it(
    "has everything that it confirmed, in order and once, after every start",
    async () => {
      const writers: Confirmed[] = Array.from({ length: PARTITION_COUNT }, () => ({
        count: 0,
        storedOffset: -1,
      }));
      let port = await startProcess();
      const first = await FrameClient.login(port, 1n);
      await createTopic(first, PARTITION_COUNT);
      await first.end();
      for (let round = 0; round < ROUND_COUNT; round++) {
        const killedAfter = KILLED_AFTER[round % KILLED_AFTER.length]!;
        let confirmedCount = 0;
        let killing: Promise<void> | undefined;
        const onConfirmed = () => {
          if (++confirmedCount === killedAfter) killing = kill("SIGKILL");
        };
        const clients = await Promise.all(writers.map((_, id) => FrameClient.login(port, BigInt(100 + id))));
        await Promise.all(writers.map((confirmed, id) => write(clients[id]!, id, confirmed, onConfirmed)));
        await killing;
        port = await startProcess();
        const client = await FrameClient.login(port, 2n);
        for (const [partitionId, confirmed] of writers.entries()) {
          const numbers = await numbersOf(client, partitionId);
          expect(numbers).toEqual(numbers.map((_, index) => index));
          // One batch may have been under way.
          expect([confirmed.count, confirmed.count + 3]).toContain(numbers.length);
          const consumer = { kind: "consumer", id: 5 } as const;
          const target = { stream: STREAM, topic: TOPIC, consumer, partitionId };
          const stored = (await client.call(COMMANDS.getOffset, target))?.storedOffset ?? -1;
          expect(stored).toBeGreaterThanOrEqual(confirmed.storedOffset);
          confirmed.count = numbers.length;
        }
        await client.end();
      }
      await kill("SIGTERM");
      expect(await verifyDataDir({ dataDir: directory })).toEqual({
        problems: [],
        partitionCount: PARTITION_COUNT,
      });
    },
    seededMillis(KILLED_AFTER.length, 60_000),
  );
});
