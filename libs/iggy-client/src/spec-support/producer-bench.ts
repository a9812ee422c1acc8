import { SimulatedClock } from "@ims/common";
import { BatchArena, COMMANDS, decodeBatch, frameBody, validateBatch } from "@ims/iggy-protocol";
import { afterEach, expect } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import type { PartitionProducer } from "../producer/partition-producer.js";
import type { ProducerOptions } from "../producer/producer-options.js";
import { type PeerRequest, type PeerScript, ScriptedPeer, seededRandom, until } from "./scripted-peer.js";

export interface ProducerBench {
  readonly peer: ScriptedPeer;
  readonly client: IggyClient;
  readonly clock: SimulatedClock;
  readonly producer: PartitionProducer;
  readonly arena: BatchArena;
  /** What went to `onConfirmed` and `onFailed`. */
  readonly confirmed: [baseOffset: number, count: number][];
  readonly failed: [code: string, count: number][];
  close(): Promise<void>;
}

/** A producer of one partition on a scripted peer, with four slots of 2 KiB; everything is closed after each test. */
export function producerBenches() {
  const open = new Set<ProducerBench>();

  afterEach(async () => {
    for (const bench of open) await bench.close();
  });

  return async function bench(
    script?: PeerScript,
    options: Partial<ProducerOptions> = {},
    requestTimeoutMillis = 30_000,
    urlOptions = "",
  ): Promise<ProducerBench> {
    const peer = await ScriptedPeer.start(script);
    const clock = new SimulatedClock();
    const client = await IggyClient.connect(`${peer.url}${urlOptions}`, {
      clock,
      random: seededRandom(),
      requestTimeoutMillis,
    });
    const arena = BatchArena.create({ slotCount: 4, slotBytes: 2048 });
    const confirmed: [number, number][] = [];
    const failed: [string, number][] = [];
    const producer = client.createProducer({
      stream: "s",
      topic: "t",
      partitionId: 0,
      arena,
      onConfirmed: (baseOffset, count) => confirmed.push([baseOffset, count]),
      onFailed: (error, count) => failed.push([error.code, count]),
      ...options,
    });
    const made: ProducerBench = {
      peer,
      client,
      clock,
      producer,
      arena,
      confirmed,
      failed,
      async close() {
        open.delete(made);
        const closing = client.close();
        closing.catch(() => {});
        await until(() => clock.pendingTimerCount === 0 || !client.connected);
        await clock.advance(20_000);
        await closing.catch(() => {});
        await peer.close();
        expect(clock.pendingTimerCount).toBe(0);
      },
    };
    open.add(made);
    return made;
  };
}

/** The id of every message that {@link put} makes. */
export const ID = Uint32Array.of(1, 2, 3, 4);

/** Appends a message of 8 bytes that carries its number; false when there is no room. */
export function put(
  producer: PartitionProducer,
  number: number,
  originMicros = 1_700_000_000_000_000,
): boolean {
  const at = producer.reserve(8);
  if (at < 0) return false;
  producer.arena.view.setUint32(at, number, true);
  producer.arena.view.setUint32(at + 4, 0, true);
  producer.commit(8, ID, originMicros);
  return true;
}

/** Numbers of the messages in a send request, after checking the whole batch. */
export function numbersOf(request: PeerRequest): number[] {
  const { batch, messageCount } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(request.frame));
  validateBatch(batch, 0, batch.length, messageCount);
  return decodeBatch(batch).messages.map(({ payload }) => Buffer.from(payload).readUInt32LE());
}
