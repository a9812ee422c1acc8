import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeResults } from "../results.mjs";
import { startPart } from "./part.mjs";

const PROJECTS = ["apps/order-book-service", "libs/exchange-simulator", "libs/template"];
const WARM_UP_MILLIS = 3000;
const MEASURED_MILLIS = 10_000;
const SUBSCRIBERS = { streamCount: 1000, connectionCount: 10, depth: 10 };
/** Changes of the merged book a second. */
const CHANGE_RATES = [5, 20, 100];
const UPDATES_PER_SECOND = 10_000;
const DEPTH = 20;
/** While the books are put together from REST and frames. */
const UPDATES_UNTIL_FRESH = 500;
const SYMBOL_COUNTS = [1, 20];
/** Where the order-book service reads the venue: in its own process, or through the venue's service and the broker. */
const TOPOLOGIES = ["direct", "broker"];

execFileSync("npx", ["tsc", "-b", ...PROJECTS.map((project) => `${project}/tsconfig.lib.json`)], {
  cwd: join(import.meta.dirname, "../.."),
  stdio: "inherit",
});

/** Ends the parts whatever happens, the last one first. */
async function withParts(run) {
  const parts = [];
  try {
    return await run(async (...start) => {
      const part = await startPart(...start);
      parts.push(part);
      return part;
    });
  } finally {
    for (const part of parts.reverse()) await part.end();
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks parts, given by name, the same. */
async function askAll(parts, question) {
  const answers = Object.entries(parts).map(async ([name, part]) => [name, await part.ask(question)]);
  return Object.fromEntries(await Promise.all(answers));
}

function fanOut(rate) {
  return withParts(async (start) => {
    const service = await start("service.mjs", {});
    const subscribers = await start("subscribers.mjs", { ...SUBSCRIBERS, ...service.ready });
    const parts = { service, subscribers };
    await service.ask("begin", rate);
    await sleep(WARM_UP_MILLIS);
    await askAll(parts, "measure");
    await subscribers.ask("reset");
    const began = performance.now();
    await sleep(MEASURED_MILLIS);
    const counts = await subscribers.ask("counts");
    const seconds = (performance.now() - began) / 1000;
    const processes = await askAll(parts, "measured");
    await service.ask("halt");
    await subscribers.ask("leave");
    let conflated;
    do {
      await sleep(50);
      conflated = await service.ask("counts");
    } while (conflated.streams > 0);
    return {
      changesPerSecond: rate,
      streams: SUBSCRIBERS.streamCount,
      messagesPerSecond: Math.round(counts.total / seconds),
      megabytesPerSecond: counts.byteCount / 1e6 / seconds,
      leastPerStream: counts.least / seconds,
      mostPerStream: counts.most / seconds,
      conflatedStates: conflated.conflated,
      processes,
    };
  });
}

async function latency(topology, symbolCount) {
  const folder = mkdtempSync(join(tmpdir(), "bench-book-"));
  try {
    return await withParts(async (start) => {
      const venue = await start("venue.mjs", { symbolCount });
      const { restUrl, symbols, wsUrl } = venue.ready;
      const parts = { venue };
      const source = { venue: { restUrl, wsUrl } };
      if (topology === "broker") {
        const iggyUrl = `iggy://iggy:iggy@127.0.0.1:${await freePort()}`;
        parts.venueService = await start("venue-service.mjs", { ...source, iggyUrl, dataDir: folder });
        source.iggyUrl = iggyUrl;
      }
      parts.service = await start("service.mjs", source);
      parts.watcher = await start("watcher.mjs", { ...parts.service.ready, symbols, depth: DEPTH });
      return { topology, symbols: symbols.length, ...(await measureLatency(parts)) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureLatency(parts) {
  const { venue, watcher } = parts;
  await venue.ask("begin", UPDATES_UNTIL_FRESH);
  await watcher.ask("fresh");
  await venue.ask("halt");
  await venue.ask("begin", UPDATES_PER_SECOND);
  await sleep(WARM_UP_MILLIS);
  await venue.ask("halt");
  await watcher.ask("reset");
  await askAll(parts, "measure");
  await venue.ask("begin", UPDATES_PER_SECOND);
  const began = performance.now();
  await sleep(MEASURED_MILLIS);
  const figures = await watcher.ask("latency");
  const { sentCount, lateness } = await venue.ask("halt");
  const seconds = (performance.now() - began) / 1000;
  return {
    updatesPerSecond: Math.round(sentCount / seconds),
    statesPerSecond: Math.round(figures.newest.count / seconds),
    ...figures,
    venueLateness: lateness,
    loadAverage: loadavg()[0],
    processes: await askAll(parts, "measured"),
  };
}

const wanted = process.argv[2];
const isWanted = (name) => wanted === undefined || wanted === name;
const rounded = (value) => Number(value.toFixed(2));
const fanOuts = [];
if (isWanted("fan-out")) {
  for (const rate of CHANGE_RATES) fanOuts.push(await fanOut(rate));
  const { depth, streamCount } = SUBSCRIBERS;
  console.log(`${streamCount} gRPC streams of one merged book of three venues, depth ${depth}`);
  console.table(
    fanOuts.map(({ processes: { service, subscribers }, ...row }) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)])),
      serviceCores: rounded(service.cores),
      clientCores: rounded(subscribers.cores),
      serviceMegabytes: Math.round(service.rssBytes / 1e6),
    })),
  );
}
const latencies = [];
if (isWanted("latency")) {
  for (const topology of TOPOLOGIES) {
    for (const symbolCount of SYMBOL_COUNTS) latencies.push(await latency(topology, symbolCount));
  }
  console.log(
    "from the venue's frame to the decoded message in a gRPC client, ms; newest frame of a state, and oldest",
  );
  console.table(
    latencies.map(({ loadAverage, newest, oldest, processes, venueLateness, ...row }) => ({
      ...row,
      p50: rounded(newest.p50),
      p99: rounded(newest.p99),
      "p99.9": rounded(newest.p999),
      oldestP50: rounded(oldest.p50),
      oldestP99: rounded(oldest.p99),
      venueLateP99: rounded(venueLateness.p99),
    })),
  );
  console.log("what each process used, and what held it up; milliseconds, or milliseconds a second");
  console.table(latencies.flatMap(processRows));
}
if (wanted === undefined) {
  writeResults("book", {
    mix: "fan-out: one symbol of three venues, a level a side changes; latency: depth frames of five levels a side, symbols in turn, one venue, read directly or through its service and the broker",
    latencyClock: "wall clock of one machine, from the call that writes the frame to the decoded message",
    fanOuts,
    latencies,
  });
}

function processRows({ topology, symbols, processes }) {
  return Object.entries(processes).map(([name, { rssBytes, ...figures }]) => ({
    run: `${topology} ${symbols}`,
    process: name,
    ...Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, rounded(value)])),
    megabytes: Math.round(rssBytes / 1e6),
  }));
}
