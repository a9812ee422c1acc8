import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IggyClient } from "@ims/iggy-client";
import { Part } from "../binance-scale/part.mjs";
import { startBrokerProcess } from "../iggy-client/broker.mjs";

const SYMBOLS = 64;
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/**
 * Runs frames through a service, a broker and clients, each in a process of its own.
 *
 * @param settings `source`: "memory" or "socket"; `broker`: "thread" of the service, "process", or "given" by IGGY_URL;
 *   `rate`: frames a second, absent for as many as possible; `consumers`: settings of each consumer process;
 *   `partitionCount`: that of the topic, absent for the default of the service
 * @returns rates of what the broker confirmed and of callbacks, latencies, and what each process used
 */
export async function runPipeline(settings) {
  const {
    broker: place,
    consumers = [],
    partitionCount,
    rate,
    seconds,
    source,
    symbolCount = SYMBOLS,
    warmUpSeconds,
  } = settings;
  const folder = mkdtempSync(join(tmpdir(), "bench-pipeline-"));
  const parts = [];
  const open = (script, options) => {
    const part = new Part(`../pipeline/${script}`, options);
    parts.push(part);
    return part;
  };
  let broker;
  let client;
  try {
    if (place === "process") broker = await startBrokerProcess(join(folder, "broker-process"));
    const iggyUrl =
      place === "given"
        ? process.env.IGGY_URL
        : (broker?.url ?? `iggy://iggy:iggy@127.0.0.1:${await freePort()}`);
    const venue = source === "socket" ? open("venue.mjs", { symbolCount }) : undefined;
    const addresses = await venue?.ready;
    const service = open("service.mjs", {
      brokerMode: place === "thread" ? "embedded" : "external",
      dataDir: join(folder, "service"),
      iggyUrl,
      partitionCount,
      symbolCount,
      ...(venue && { venue: { restUrl: addresses.restUrl, wsUrl: addresses.wsUrl } }),
    });
    const { uptimeMillis: readyMillis } = await service.ready;
    client = await IggyClient.connect(iggyUrl);
    const symbols = addresses?.symbols ?? settings.symbols ?? (await symbolsOf(service));
    const readers = consumers.map((options, index) =>
      open("consumer.mjs", { iggyUrl, symbols, clientIdFrom: 1000 + 100 * index, ...options }),
    );
    await Promise.all(readers.map((reader) => reader.ready));
    const flow = venue ?? service;
    await flow.ask("begin", rate ?? null);
    await pause(warmUpSeconds * 1000);
    for (const reader of readers) await reader.ask("begin");
    const before = await look(client, service, venue, readers, broker);
    await pause(seconds * 1000);
    const after = await look(client, service, venue, readers, broker);
    const latency = await Promise.all(readers.map((reader) => reader.ask("latency")));
    const status = await service.ask("status");
    return { readyMillis, ...difference(before, after), latency, status };
  } finally {
    await client?.close();
    for (const part of parts.reverse()) await part.end();
    await broker?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function look(client, service, venue, readers, broker) {
  const topic = await client.topics.get("binancespot-market-data", "trades");
  const usages = await Promise.all([service, venue, ...readers].map((part) => part?.ask("usage")));
  const [own, sender, ...reading] = usages;
  return {
    atMillis: performance.now(),
    confirmed: topic.messageCount,
    bytes: Number(topic.sizeBytes),
    service: own,
    venue: sender,
    readers: reading,
    brokerPid: broker?.pid,
  };
}

function difference(before, after) {
  const seconds = (after.atMillis - before.atMillis) / 1000;
  const cores = (from, to) => (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1e6 / seconds;
  const callbacks = (look) => look.readers.reduce((sum, { count }) => sum + count, 0);
  return {
    seconds,
    confirmedPerSecond: (after.confirmed - before.confirmed) / seconds,
    bytesPerSecond: (after.bytes - before.bytes) / seconds,
    callbacksPerSecond: (callbacks(after) - callbacks(before)) / seconds,
    disorderCount: after.readers.reduce((sum, { disorderCount }) => sum + disorderCount, 0),
    serviceCores: cores(before.service, after.service),
    serviceRssBytes: after.service.rssBytes,
    venueCores: after.venue && cores(before.venue, after.venue),
    readerCores: after.readers.map((reader, index) => cores(before.readers[index], reader)),
    readerRssBytes: after.readers.map(({ rssBytes }) => rssBytes),
  };
}

/** The names of a service without a venue process. */
async function symbolsOf(service) {
  return service.ask("symbols");
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
