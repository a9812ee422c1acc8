import { fork } from "node:child_process";
import { join } from "node:path";

/** For looking into the parts, such as `BENCH_PART_FLAGS=--cpu-prof`. */
const PART_FLAGS = process.env.BENCH_PART_FLAGS?.split(" ") ?? [];

/**
 * A process of the bench: it says `ready`, answers what it is asked, and ends when it is told to. It runs as the
 * product's processes do, without the flags of this one: the pages of its large young generation would be used for the
 * first time while it is measured.
 */
export async function startPart(file, options) {
  const child = fork(join(import.meta.dirname, file), [JSON.stringify(options)], {
    execArgv: PART_FLAGS,
    stdio: "inherit",
  });
  const waiting = new Map();
  const over = new Promise((resolve) => child.once("exit", resolve));
  child.on("message", (message) => {
    const [[name, value]] = Object.entries(message);
    waiting.get(name)?.(value);
    waiting.delete(name);
  });
  const told = (name) =>
    new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      void over.then((code) => reject(new Error(`${file} ended with ${code}`)));
    });
  const ready = await told("ready");
  return {
    ready,
    ask(name, value) {
      const answer = told(name);
      child.send({ ask: name, value });
      return answer;
    },
    async end() {
      if (child.connected) child.send({ ask: "end" });
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await over;
      clearTimeout(timer);
    },
  };
}

/** In a part: answers by name, and `end`. */
export function serveParent(answers, end) {
  process.on("message", async ({ ask, value }) => {
    if (ask === "end") {
      await end();
      process.exit();
    }
    process.send({ [ask]: (await answers[ask](value)) ?? null });
  });
  process.once("disconnect", () => process.exit());
}

export const options = () => JSON.parse(process.argv[2]);

/** One clock for all processes of a machine, microseconds. */
export const nowMicros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

export function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1),
    count: sorted.length,
  };
}
