import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startBrokerProcess } from "../iggy-client/broker.mjs";
import { BATCH_COUNT } from "../iggy-client/plan.mjs";
import { writeResults } from "../results.mjs";
import { rawAppends } from "./raw-appends.mjs";

const ROOT = join(import.meta.dirname, "../..");
const IN_FLIGHT = 8;
const STORED_COUNT = 10_000_000;
/** Name, options of the topic, and the messages that fit the time the disk takes. */
const DURABILITIES = [
  { name: "none", options: { durability: "none" }, counts: { 120: 4_000_000, 1000: 800_000 } },
  { name: "interval", options: {}, counts: { 120: 4_000_000, 1000: 800_000 } },
  { name: "every batch", options: { enforceFsync: true }, counts: { 120: 400_000, 1000: 100_000 } },
];
const run = promisify(execFile);

execFileSync(
  "npx",
  ["tsc", "-b", "libs/iggy-client/tsconfig.lib.json", "libs/iggy-broker/tsconfig.lib.json"],
  {
    cwd: ROOT,
    stdio: "inherit",
  },
);

const given = process.env.IGGY_URL;
const folder = mkdtempSync(join(tmpdir(), "bench-broker-"));
let broker = await startBrokerProcess(folder);

async function measured(url, job, argument = {}) {
  const worker = join(import.meta.dirname, "worker.mjs");
  const { stdout } = await run(process.execPath, [worker, url, job, JSON.stringify(argument)]);
  return JSON.parse(stdout);
}

/** Kilobytes that Linux counts as resident; undefined elsewhere. */
function residentMiB(pid) {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Seconds of processor time that a process has used so far, its own and the system's for it; undefined off Linux. */
function cpuSeconds(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // In ticks of 10 ms, whatever the kernel's own.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** A measurement with the processor time that the server spent on each message; unknown for one that is not ours. */
async function withCpu(pid, url, job, argument) {
  const before = cpuSeconds(pid);
  const result = await measured(url, job, argument);
  const after = cpuSeconds(pid);
  if (before === undefined || after === undefined) return result;
  return { ...result, serverCpuNanosPerMessage: ((after - before) / argument.messageCount) * 1e9 };
}

const batchBytes = (payloadBytes) => 256 + BATCH_COUNT * (48 + payloadBytes);
const million = (rate) => (rate / 1e6).toFixed(2).padStart(9);
const nanos = ({ serverCpuNanosPerMessage: cpu }) =>
  `${cpu === undefined ? "?" : cpu.toFixed(0)} ns`.padStart(11);
const rows = [];

async function rates(server, url, pid) {
  for (const { name, options, counts } of DURABILITIES) {
    // This broker's own option.
    if (name === "none" && server !== "embedded") continue;
    for (const payloadBytes of [120, 1000]) {
      const size = { payloadBytes, messageCount: counts[payloadBytes], inFlight: IN_FLIGHT };
      await measured(url, "fresh-topic", { payloadBytes, options });
      const append = await withCpu(pid, url, "append", size);
      const read = await withCpu(pid, url, "read", size);
      const batchCount = Math.min(2000, size.messageCount / BATCH_COUNT);
      const raw =
        rawAppends(folder, batchBytes(payloadBytes), batchCount, name === "every batch") * BATCH_COUNT;
      rows.push({ server, durability: name, payloadBytes, append, read, raw });
      const share = ((append.messagesPerSecond / raw) * 100).toFixed(0).padStart(7);
      console.log(
        `${server.padEnd(10)}${name.padEnd(13)}${String(payloadBytes).padStart(6)}${million(append.messagesPerSecond)}${million(raw)}${share} %${million(read.messagesPerSecond)}${nanos(append)}${nanos(read)}`,
      );
    }
  }
}

async function storedMessages() {
  const argument = { payloadBytes: 120, messageCount: STORED_COUNT, inFlight: IN_FLIGHT };
  await measured(broker.url, "fresh-topic", { payloadBytes: 120 });
  await measured(broker.url, "append", argument);
  const residentAfterAppends = residentMiB(broker.pid);
  const stopped = performance.now();
  await broker.close();
  const stopMillis = performance.now() - stopped;
  broker = await startBrokerProcess(folder);
  const afterStop = { startMillis: broker.startMillis, residentMiB: residentMiB(broker.pid) };
  await measured(broker.url, "read", argument);
  const residentAfterReads = residentMiB(broker.pid);
  await measured(broker.url, "append", { ...argument, messageCount: 200_000 });
  await broker.close("SIGKILL");
  broker = await startBrokerProcess(folder);
  return {
    messageCount: STORED_COUNT,
    residentAfterAppends,
    residentAfterReads,
    stopMillis,
    afterStop,
    afterKill: { startMillis: broker.startMillis, residentMiB: residentMiB(broker.pid) },
  };
}

const line = (name, { p50, p90, p99, p999, max }) =>
  `${name}: p50 ${p50.toFixed(2)}, p90 ${p90.toFixed(2)}, p99 ${p99.toFixed(2)}, p99.9 ${p999.toFixed(2)}, max ${max.toFixed(2)} ms`;

try {
  // The first use of memory by the page cache costs many times what later ones do, on virtual machines above all.
  rawAppends(folder, 2 ** 20, 3 * 1024, false);
  console.log(
    `million messages/s, batches of 1,000, ${IN_FLIGHT} in flight, a bare socket as the client; processor time of the server for each message`,
  );
  console.log(
    `${"server".padEnd(10)}${"durability".padEnd(13)}${"bytes".padStart(6)}${"append".padStart(9)}${"raw file".padStart(9)}${"share".padStart(9)}${"read".padStart(9)}${"append".padStart(11)}${"read".padStart(11)}`,
  );
  await rates("embedded", broker.url, broker.pid);
  if (given) await rates("IGGY_URL", given);
  await measured(broker.url, "fresh-topic", { payloadBytes: 120 });
  const latency = await measured(broker.url, "latency", { perSecond: 50_000 });
  console.log(`at ${latency.perSecond.toFixed(0)} messages/s:`);
  console.log(`  ${line("batches of a millisecond", latency.batches)}`);
  console.log(`  ${line(`single sends (${latency.singleCount})`, latency.singles)}`);
  const stored = await storedMessages();
  const mib = (value) => (value === undefined ? "?" : `${value.toFixed(0)} MiB`);
  console.log(
    `${stored.messageCount / 1e6} million messages stored: RSS ${mib(stored.residentAfterAppends)} after appending, ${mib(stored.residentAfterReads)} after reading all`,
  );
  console.log(
    `  stop ${stored.stopMillis.toFixed(0)} ms; start after a stop ${stored.afterStop.startMillis.toFixed(0)} ms (RSS ${mib(stored.afterStop.residentMiB)}); start after SIGKILL ${stored.afterKill.startMillis.toFixed(0)} ms`,
  );
  writeResults("broker", {
    mix: "batches of 1,000 messages of 120 and of 1,000 bytes; 10 million of 120 bytes for recovery",
    rows,
    latency,
    stored,
  });
} finally {
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
}
