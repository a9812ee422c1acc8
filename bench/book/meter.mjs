import { readdirSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";

/** Between two looks at the event loop; more often would cost what is measured. */
const LOOK_MILLIS = 5;

/**
 * What a process of the bench used, and what held it up, from one `measure` to `measured`: processor time, pauses of
 * the collector, how long its threads were ready to run without a core, how late its event loop was, and system calls
 * that write, of sockets mostly.
 */
export class Meter {
  #loop = monitorEventLoopDelay({ resolution: LOOK_MILLIS });
  #collections = [];
  #observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#collections.push(duration);
  });
  #start = { cpu: process.cpuUsage(), atMillis: performance.now(), waitedNanos: 0, writes: 0 };

  answers = {
    measure: () => this.#begin(),
    measured: () => this.#end(),
  };

  #begin() {
    this.#observer.observe({ entryTypes: ["gc"] });
    this.#collections = [];
    this.#loop.enable();
    this.#loop.reset();
    this.#start = {
      cpu: process.cpuUsage(),
      atMillis: performance.now(),
      waitedNanos: waitedNanos(),
      writes: writeCalls(),
    };
  }

  #end() {
    const { cpu, atMillis, waitedNanos: waitedBefore, writes } = this.#start;
    const { system, user } = process.cpuUsage(cpu);
    const seconds = (performance.now() - atMillis) / 1000;
    const waited = waitedNanos();
    this.#loop.disable();
    return {
      cores: (user + system) / 1e6 / seconds,
      /** Milliseconds a second. */
      collecting: this.#collections.reduce((sum, duration) => sum + duration, 0) / seconds,
      longestCollection: Math.max(0, ...this.#collections),
      waitingForCore: (waited - waitedBefore) / 1e6 / seconds,
      loopLateP99: Math.max(0, this.#loop.percentile(99) / 1e6 - LOOK_MILLIS),
      loopLateMax: Math.max(0, this.#loop.max / 1e6 - LOOK_MILLIS),
      writesPerSecond: (writeCalls() - writes) / seconds,
      rssBytes: process.memoryUsage.rss(),
    };
  }
}

/** Of all threads since they began; NaN where the system does not tell. */
function waitedNanos() {
  const folder = "/proc/self/task";
  return told(() =>
    readdirSync(folder)
      .map((thread) => Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ")[1]))
      .reduce((sum, wait) => sum + wait, 0),
  );
}

function writeCalls() {
  return told(() => Number(/syscw: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))[1]));
}

function told(look) {
  try {
    return look();
  } catch {
    return Number.NaN;
  }
}
