import { type Clock, isImsError, sleep } from "@ims/common";
import type { Consumer } from "@ims/iggy-client";
import type { SeededRandom } from "../random/seeded-random.js";
import type { DeliveryLog } from "./delivery-log.js";

/** The result of the work, unless reading fails before. */
export function whileReading<Result>(work: Promise<Result>, reading: Promise<void>): Promise<Result> {
  return Promise.race([work, reading.then(() => new Promise<never>(() => undefined))]);
}

/** The ways to read. */
export const READING_STYLES = ["messages", "batches", "run"] as const;
export type ReadingStyle = (typeof READING_STYLES)[number];

export interface ConsumeOptions {
  readonly style: ReadingStyle;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly log: DeliveryLog;
}

/**
 * Reads until the consumer is closed, with breaks, pauses and handlers of any length. Errors that a consumer reports and
 * that pass are taken, and reading goes on; anything untyped is a finding.
 */
export async function consume(consumer: Consumer, options: ConsumeOptions): Promise<void> {
  for (;;) {
    try {
      await READERS[options.style](consumer, options);
    } catch (error) {
      if (!isImsError(error) || !error.code.startsWith("iggy-")) throw error;
      if (error.code === "iggy-client.consumer-closed" || error.code === "iggy-client.closed") return;
    }
    await sleep(options.clock, 10);
  }
}

const READERS: Readonly<
  Record<ReadingStyle, (consumer: Consumer, options: ConsumeOptions) => Promise<void>>
> = {
  async messages(consumer, { log, random, clock }) {
    for await (const message of consumer) {
      log.delivered(message);
      if (random.chance(0.2)) await sleep(clock, random.between(0, 50));
      log.handled(message);
      if (random.chance(0.05)) break;
    }
  },
  async batches(consumer, { log, random, clock }) {
    for await (const batch of consumer.batches()) {
      let last = -1;
      while (batch.next()) {
        log.delivered({ partitionId: batch.partitionId, offset: batch.offset, payload: batch.payload() });
        last = batch.offset;
      }
      if (random.chance(0.3)) await sleep(clock, random.between(0, 200));
      if (last >= 0) log.handled({ partitionId: batch.partitionId, offset: last });
      if (random.chance(0.05)) break;
    }
  },
  async run(consumer, { log, random, clock }) {
    await consumer.run(async (message) => {
      log.delivered(message);
      if (random.chance(0.2)) await sleep(clock, random.between(0, 50));
      log.handled(message);
    });
  },
};
