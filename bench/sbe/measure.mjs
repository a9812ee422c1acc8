/** Messages of one kind that are written and read in turn. */
export const MESSAGE_COUNT = 256;

const RUNS = 9;
const RUN_NANOS = 20_000_000;
const WARM_UP_NANOS = 150_000_000;
const ALLOCATION_ROUNDS = 40;

function rounds(step, count) {
  for (let round = 0; round < count; round++) {
    for (let index = 0; index < MESSAGE_COUNT; index++) step(index);
  }
}

/** Time that the process was given, in nanoseconds: waiting for a core that others use is no part of it. */
function processorNanos() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/**
 * Nanoseconds and heap bytes for each call of `step(index)`. For one step in a process: a loop
 * that has called several functions compiles none of them into itself.
 */
export function measure(step) {
  const start = processorNanos();
  let warm = 0;
  while (processorNanos() - start < WARM_UP_NANOS) {
    rounds(step, 10);
    warm += 10;
  }
  const count = Math.max(1, Math.round((warm * RUN_NANOS) / WARM_UP_NANOS));
  const times = Array.from({ length: RUNS }, () => {
    const before = processorNanos();
    rounds(step, count);
    return (processorNanos() - before) / (count * MESSAGE_COUNT);
  }).sort((a, b) => a - b);
  return { nanos: times[RUNS >> 1], bytes: allocated(step) };
}

function allocated(step) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  rounds(step, ALLOCATION_ROUNDS);
  const grown = process.memoryUsage().heapUsed - before;
  // The readings themselves allocate some hundred bytes.
  return Math.max(0, Math.round(grown / (ALLOCATION_ROUNDS * MESSAGE_COUNT)));
}
