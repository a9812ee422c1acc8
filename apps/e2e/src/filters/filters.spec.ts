import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFilter, newProject } from "@ims/filter-sdk";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { v2 } from "@ims/sbe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child, workspaceRoot } from "../support/child.js";

const STREAM = "deribit-market-data";
const TOPIC = "option-tickers";
const END_OF_ROUND = new Uint8Array(1);

let folder: string;
let module: string;
let options: Uint8Array[];
let broker: Broker;
let client: IggyClient;
let url: string;
let service: Child;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-filters-"));
  const project = join(folder, "strike-above");
  newProject("strike-above", project);
  module = join(folder, "strike-above.wasm");
  writeFileSync(module, await buildFilter(join(project, "assembly/index.ts")));
  options = readFileSync(join(project, "test/options.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => Buffer.from((JSON.parse(line) as { payload: string }).payload, "hex"));
  broker = await startBroker({ port: 0, dataDir: join(folder, "broker"), passwordCost: { log2N: 10 } });
  url = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  client = await IggyClient.connect(url);
  await client.streams.ensure(STREAM);
  await client.topics.ensure(STREAM, { name: TOPIC, partitionCount: 1 });
  service = startService();
  await service.printed(/\bready\b/);
}, 120_000);
afterAll(async () => {
  service?.kill("SIGKILL");
  await service?.exited;
  await client?.close();
  await broker?.close();
  rmSync(folder, { recursive: true, force: true });
});

function startService(): Child {
  return Child.node("apps/filter-service/dist/main.js", [], {
    IGGY_URL: url,
    IMS_BROKER: "external",
    IMS_HTTP_PORT: "0",
    IMS_FILTER_SOURCES: `${STREAM}/${TOPIC}=options`,
    IMS_FILTER_POLL_MILLIS: "20",
    IMS_CHECKPOINT_MILLIS: "100",
  });
}

/** One run of `ims filter` that has to succeed. */
async function ims(...words: string[]): Promise<string> {
  const child = Child.node("apps/ims-client/bin/ims.js", ["filter", ...words, "--json"], { IGGY_URL: url });
  const code = await child.exited;
  if (code !== 0) throw new Error(`ims filter ${words.join(" ")} ended with ${code}: ${child.errors}`);
  return child.output;
}

async function send(): Promise<void> {
  const partitioning = { kind: "partition", partitionId: 0 } as const;
  // No filter is shown what is no record, so the last one tells that the others are through.
  const messages = [...options, END_OF_ROUND].map((payload) => ({ payload }));
  await client.sendMessages({ stream: STREAM, topic: TOPIC, partitioning, messages });
}

let read = 0;
/** Strikes of the outputs of a round. */
async function nextRound(): Promise<number[]> {
  const found: number[] = [];
  for (;;) if (await readRound(found)) return found;
}

/** @returns whether the round has ended */
async function readRound(found: number[]): Promise<boolean> {
  const reply = await client.poll({
    stream: "filtered",
    topic: "options",
    partitionId: 0,
    consumer: { kind: "consumer", id: "spec" },
    strategy: { kind: "offset", value: read },
    count: 1000,
  });
  const decoder = new v2.OptionTickerDecoder();
  while (reply.next()) {
    read++;
    if (reply.payloadLength === END_OF_ROUND.length) return true;
    decoder.wrapAndApplyHeader(reply.view, reply.payloadStart, reply.payloadLength);
    found.push(Number(decoder.strike()) / 10 ** decoder.priceScale());
  }
  if (reply.messageCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return false;
}

const strikeOf = (payload: Uint8Array) => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const decoder = new v2.OptionTickerDecoder().wrapAndApplyHeader(view, 0, payload.length);
  return Number(decoder.strike()) / 10 ** decoder.priceScale();
};

/** Sends the options again and again until what comes out of one round is this. */
async function untilRound(passes: (strike: number) => boolean): Promise<void> {
  const expected = options.map(strikeOf).filter(passes);
  for (;;) {
    await send();
    if (JSON.stringify(await nextRound()) === JSON.stringify(expected)) return;
  }
}

describe("filters from the command line to the stream", () => {
  it("are deployed, swapped, rolled back, disabled and found by another process", async () => {
    await untilRound(() => true);
    const answer = JSON.parse(
      await ims("deploy", module, "--stream", STREAM, "--param", "strike=85"),
    ) as object;
    expect(answer).toMatchObject({ kind: "deployed", name: "strike-above" });
    await untilRound((strike) => strike >= 85);
    await ims("set", "strike-above", "--param", "strike=110.5");
    await untilRound((strike) => strike >= 110.5);
    await ims("rollback", "strike-above");
    await untilRound((strike) => strike >= 85);
    service.kill("SIGKILL");
    await service.exited;
    service = startService();
    await untilRound((strike) => strike >= 85);
    expect(JSON.parse(await ims("list"))).toMatchObject({ name: "strike-above", version: 1, versions: 2 });
    await ims("disable", "strike-above");
    await untilRound(() => true);
    await ims("remove", "strike-above");
    expect(await ims("list")).toBe("");
  }, 120_000);

  it("are deployed from a program as docs/filters.md shows", async () => {
    const text = readFileSync(join(workspaceRoot, "docs/filters.md"), "utf8");
    const code = /```js\n([\s\S]*?)```/.exec(text)![1]!;
    const child = new Child(process.execPath, ["--input-type=module", "--eval", code], {
      IGGY_URL: url,
      MODULE: module,
    });
    expect(await child.exited).toBe(0);
    expect(child.output).toBe("deployed\n[ 'strike-above' ]\n");
  }, 60_000);
});

describe("docs/filters.md", () => {
  const text = readFileSync(join(workspaceRoot, "docs/filters.md"), "utf8");

  it("names the settings of the service with their defaults", async () => {
    const child = Child.node("apps/filter-service/dist/main.js", ["--help"]);
    expect(await child.exited).toBe(0);
    const known = [...child.output.matchAll(/\bIMS_FILTER_[A-Z_]+/g)].map(([name]) => name).sort();
    const documented = [...text.matchAll(/^\| `(IMS_FILTER_[A-Z_]+)` \|/gm)].map(([, name]) => name!).sort();
    expect(documented).toEqual([...new Set(known)]);
  }, 30_000);

  it("names the commands that there are", async () => {
    const child = Child.node("apps/ims-client/bin/ims.js", ["filter", "--help"]);
    await child.exited;
    for (const command of ["deploy", "list", "set", "rollback", "disable", "enable", "remove"]) {
      expect(text).toMatch(new RegExp(`(?:ims filter |\`)${command}\\b`));
      expect(child.output).toMatch(new RegExp(`^ +${command} `, "m"));
    }
  }, 30_000);
});
