import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePrometheus } from "../spec-support/prometheus.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { until } from "../spec-support/until.js";
import { perRecord } from "./per-record.js";
import type { ProcessorReport } from "./processor-health.js";
import { type ProcessorService, startProcessor } from "./processor-service.js";

/** Copies every record; fails at an empty one. */
const copying: Processor = {
  name: "copies",
  stateVersion: 1,
  createTask: () => ({
    process: perRecord((records, output) => {
      const { payloadStart, payloadLength: byteCount } = records;
      if (byteCount === 1) throw new Error("a record of one octet");
      const at = output.reserve(byteCount);
      output.bytes.set(records.bytes.subarray(payloadStart, payloadStart + byteCount), at);
      output.commit(byteCount);
    }),
    snapshot: () => new Uint8Array(),
  }),
};

const folder = temporaryFolder();
const log = recordingLogger();
let broker: Broker;
let client: IggyClient;
let service: ProcessorService | undefined;

beforeEach(async () => {
  broker = await startBroker({ port: 0, dataDir: `${folder.path}/${Math.random()}` });
  client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
  await client.streams.ensure("words");
});
afterEach(async () => {
  await service?.close();
  await client.close();
  await broker.close();
});

async function start(processor: Processor = copying): Promise<ProcessorService> {
  service = await startProcessor({
    processor,
    sources: [{ stream: "words", topic: "spoken", outputTopic: "written" }],
    defaultPort: 0,
    retryMillis: 5,
    env: {},
    logger: log.logger,
    settings: {
      iggyUrl: `iggy://iggy:iggy@127.0.0.1:${broker.port}`,
      brokerMode: "external",
      dataDir: folder.path,
    },
  });
  return service;
}

async function send(...payloads: Uint8Array[]): Promise<void> {
  await client.topics.ensure("words", { name: "spoken", partitionCount: 1 });
  await client.sendMessages({
    stream: "words",
    topic: "spoken",
    partitioning: { kind: "partition", partitionId: 0 },
    messages: payloads.map((payload) => ({ payload })),
  });
}

const words = (...texts: string[]) => texts.map((text) => Buffer.from(text));
const copied = async () => (await client.topics.get("copies", "written"))?.messageCount ?? 0;

async function ask(service: ProcessorService, path: string): Promise<Response> {
  return fetch(new URL(path, service.healthUrl));
}

describe("a processor's service", () => {
  it("waits for its input, is ready with it, and says how it stands", async () => {
    const running = await start();
    await until(() => log.lines.some(({ msg }) => /does not exist yet/.test(String(msg))));
    expect((await ask(running, "/livez")).status).toBe(200);
    expect((await ask(running, "/readyz")).status).toBe(503);
    await send(...words("one", "two"));
    await running.ready;
    await until(async () => (await copied()) === 2);
    await until(async () => (await ask(running, "/readyz")).status === 200);
    const report = (await (await ask(running, "/health")).json()) as ProcessorReport;
    expect(report).toMatchObject({
      processor: "copies",
      broker: { connected: true, embedded: false },
      sources: [{ stream: "words", topic: "spoken", outputTopic: "written" }],
    });
    const metrics = parsePrometheus(await (await ask(running, "/metrics")).text());
    expect(JSON.stringify(metrics)).toContain("ims_processor_outputs_total");
    expect(await (await ask(running, "/config")).json()).toMatchObject({ processor: "copies" });
    await running.close();
    expect(await running.closed).toBeUndefined();
    await expect(ask(running, "/livez")).rejects.toThrow();
  });

  it("ends with the error when a record fails again and again", async () => {
    await send(...words("fine", "x"));
    const running = await start();
    expect(await running.closed).toMatchObject({ message: "a record of one octet" });
  });

  it("refuses a name that no stream can have, before anything is started", async () => {
    await expect(start({ ...copying, name: "Copies/1" })).rejects.toMatchObject({
      code: "processor.bad-name",
    });
  });
});
