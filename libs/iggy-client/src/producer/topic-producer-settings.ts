import { fail } from "../errors.js";
import { checkPartitioning } from "./partition-choice.js";
import type { TopicProducerOptions } from "./topic-producer-options.js";
import { wholeNumber } from "./whole-number.js";

const DAY_MILLIS = 86_400_000;
const GIB = 1024 * 1024 * 1024;

/** The options with their defaults, checked. Throws `iggy-client.argument` with the option's name. */
export function topicProducerSettings(options: TopicProducerOptions) {
  const partitioning = options.partitioning ?? { kind: "balanced" };
  checkPartitioning(partitioning);
  const whenFull = options.whenFull ?? "wait";
  if (!["wait", "fail", "drop"].includes(whenFull)) {
    throw fail("iggy-client.argument", `whenFull is ${String(whenFull)}, not wait, fail or drop`);
  }
  const batchBytesMax = wholeNumber("batchBytesMax", options.batchBytesMax ?? 1024 * 1024, 1024, GIB);
  if (batchBytesMax % 8 !== 0) {
    throw fail("iggy-client.argument", `batchBytesMax is ${batchBytesMax}, not a multiple of 8`);
  }
  const bufferBytesMax = wholeNumber(
    "bufferBytesMax",
    options.bufferBytesMax ?? Math.max(32 * 1024 * 1024, batchBytesMax),
    batchBytesMax,
    GIB,
  );
  return {
    partitioning,
    whenFull,
    arenaSize: { slotCount: Math.floor(bufferBytesMax / batchBytesMax), slotBytes: batchBytesMax },
    batchCountMax: wholeNumber("batchCountMax", options.batchCountMax ?? 1000, 1, 1_000_000),
    lingerMillis: wholeNumber("lingerMillis", options.lingerMillis ?? 1, 0, 60_000),
    waitMillisMax: limit("waitMillisMax", options.waitMillisMax ?? Number.POSITIVE_INFINITY),
    waitingCallsMax: wholeNumber("waitingCallsMax", options.waitingCallsMax ?? 1024, 0, 1_000_000),
    inFlightMax: wholeNumber("inFlightMax", options.inFlightMax ?? 4, 1, 64),
    resend: options.resend ?? true,
    retriesMax: wholeNumber("retriesMax", options.retriesMax ?? 3, 0, 1_000_000),
    retryMillis: wholeNumber("retryMillis", options.retryMillis ?? 1000, 0, DAY_MILLIS),
    deliveryMillisMax: limit("deliveryMillisMax", options.deliveryMillisMax ?? 120_000),
    topicRefreshMillis: wholeNumber(
      "topicRefreshMillis",
      options.topicRefreshMillis ?? 30_000,
      0,
      DAY_MILLIS,
    ),
  } as const;
}

export type TopicProducerSettings = ReturnType<typeof topicProducerSettings>;

function limit(name: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : wholeNumber(name, value, 1, DAY_MILLIS);
}
