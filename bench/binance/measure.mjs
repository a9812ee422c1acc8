const RUNS = 9;
const RUN_NANOS = 40_000_000;
const WARM_UP_NANOS = 400_000_000;
const ALLOCATION_ROUNDS = 40;

/** Time that the process was given, in nanoseconds: waiting for a core that others use is no part of it. */
function processorNanos() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Calls a second and heap bytes for each call of `step(index)`, the index going round below `frameCount`. */
export function measure(step, frameCount) {
  const rounds = (count) => {
    for (let round = 0; round < count; round++) {
      for (let index = 0; index < frameCount; index++) step(index);
    }
  };
  const start = processorNanos();
  let warm = 0;
  while (processorNanos() - start < WARM_UP_NANOS) {
    rounds(10);
    warm += 10;
  }
  const count = Math.max(1, Math.round((warm * RUN_NANOS) / WARM_UP_NANOS));
  const rates = Array.from({ length: RUNS }, () => {
    const before = processorNanos();
    rounds(count);
    return (count * frameCount * 1e9) / (processorNanos() - before);
  }).sort((a, b) => a - b);
  return { rate: rates[RUNS >> 1], best: rates[RUNS - 1], bytes: allocated(rounds, frameCount) };
}

function allocated(rounds, frameCount) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  rounds(ALLOCATION_ROUNDS);
  const grown = process.memoryUsage().heapUsed - before;
  // The readings themselves allocate some hundred bytes.
  return Math.max(0, Math.round(grown / (ALLOCATION_ROUNDS * frameCount)));
}
