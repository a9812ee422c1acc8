/** Messages of one batch, as in every figure that is compared. */
export const BATCH_COUNT = 1000;

/** What is measured for each size: enough messages for some seconds at the rates that are expected. */
export const SIZES = [
  { payloadBytes: 120, messageCount: 3_000_000 },
  { payloadBytes: 1000, messageCount: 600_000 },
];

/** Requests on the wire at once. */
export const WINDOWS = [1, 8];

/** Single sends: an open loop, so that a late reply does not hold back the next send. */
export const LATENCY = { payloadBytes: 120, perSecond: 10_000, seconds: 6, warmUpSeconds: 2 };

export const STREAM = "bench-iggy-client";
export const topicName = (payloadBytes) => `messages-${payloadBytes}`;

/** Time and CPU of this process around `work`, for `messageCount` messages. */
export async function timed(messageCount, work) {
  const cpuBefore = process.cpuUsage();
  const began = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    messagesPerSecond: messageCount / seconds,
    cpuNanosPerMessage: ((user + system) * 1000) / messageCount,
  };
}

/** Nearest-rank percentiles of microseconds, in milliseconds. */
export function percentiles(micros) {
  const sorted = Float64Array.from(micros).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] / 1000;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) };
}
