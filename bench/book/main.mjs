import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeResults } from "../results.mjs";
import { startPart } from "./part.mjs";

const PROJECTS = ["apps/order-book-service", "libs/exchange-simulator"];
const WARM_UP_MILLIS = 3000;
const MEASURED_MILLIS = 10_000;
const SUBSCRIBERS = { streamCount: 1000, connectionCount: 10, depth: 10 };
/** Changes of the merged book a second. */
const CHANGE_RATES = [5, 20, 100];
const UPDATES_PER_SECOND = 10_000;
/** While the books are put together from REST and frames. */
const UPDATES_UNTIL_FRESH = 500;
const SYMBOL_COUNTS = [1, 20];

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

function cores({ cpu }, { cpu: then }, seconds) {
  return (cpu.user + cpu.system - then.user - then.system) / 1e6 / seconds;
}

function fanOut(rate) {
  return withParts(async (start) => {
    const service = await start("service.mjs", {});
    const subscribers = await start("subscribers.mjs", { ...SUBSCRIBERS, ...service.ready });
    await service.ask("begin", rate);
    await sleep(WARM_UP_MILLIS);
    const subscribersBefore = await subscribers.ask("reset");
    const before = await service.ask("usage");
    const began = performance.now();
    await sleep(MEASURED_MILLIS);
    const counts = await subscribers.ask("counts");
    const seconds = (performance.now() - began) / 1000;
    const usage = await service.ask("usage");
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
      serviceCores: cores(usage, before, seconds),
      clientCores: cores(counts, subscribersBefore, seconds),
      rssBytes: usage.rssBytes,
    };
  });
}

function latency(symbolCount) {
  return withParts(async (start) => {
    const venue = await start("venue.mjs", { symbolCount });
    const { restUrl, symbols, wsUrl } = venue.ready;
    const service = await start("service.mjs", { venue: { restUrl, wsUrl } });
    const watcher = await start("watcher.mjs", { ...service.ready, symbols, depth: 20 });
    await venue.ask("begin", UPDATES_UNTIL_FRESH);
    await watcher.ask("fresh");
    await venue.ask("halt");
    await venue.ask("begin", UPDATES_PER_SECOND);
    await sleep(WARM_UP_MILLIS);
    await venue.ask("halt");
    await watcher.ask("reset");
    await venue.ask("begin", UPDATES_PER_SECOND);
    const began = performance.now();
    const before = await service.ask("usage");
    const watcherBefore = await watcher.ask("usage");
    await sleep(MEASURED_MILLIS);
    const figures = await watcher.ask("latency");
    const { sentCount } = await venue.ask("halt");
    const seconds = (performance.now() - began) / 1000;
    return {
      symbols: symbols.length,
      updatesPerSecond: Math.round(sentCount / seconds),
      statesPerSecond: Math.round(figures.newest.count / seconds),
      serviceCores: cores(await service.ask("usage"), before, seconds),
      clientCores: cores(await watcher.ask("usage"), watcherBefore, seconds),
      ...figures,
    };
  });
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
    fanOuts.map(({ rssBytes, ...row }) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)])),
      rssMegabytes: Math.round(rssBytes / 1e6),
    })),
  );
}
const latencies = [];
if (isWanted("latency")) {
  for (const symbolCount of SYMBOL_COUNTS) latencies.push(await latency(symbolCount));
  console.log(
    "from the venue's frame to the decoded message in a gRPC client, ms; newest frame of a state, and oldest",
  );
  console.table(
    latencies.map(({ newest, oldest, ...row }) => ({
      ...row,
      serviceCores: rounded(row.serviceCores),
      clientCores: rounded(row.clientCores),
      p50: rounded(newest.p50),
      p99: rounded(newest.p99),
      "p99.9": rounded(newest.p999),
      oldestP50: rounded(oldest.p50),
      oldestP99: rounded(oldest.p99),
    })),
  );
}
if (wanted === undefined) {
  writeResults("book", {
    mix: "fan-out: one symbol of three venues, a level a side changes; latency: depth frames of five levels a side, symbols in turn, one venue read directly",
    latencyClock: "wall clock of one machine, from the call that writes the frame to the decoded message",
    fanOuts,
    latencies,
  });
}
