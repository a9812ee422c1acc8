import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModuleStore } from "../modules/module-store.js";
import { CommandLog } from "./command-log.js";
import { writeEvent } from "./event-log.js";
import { FilterControl } from "./filter-control.js";
import { COMMANDS_TOPIC, MODULES_TOPIC, sendFilters } from "./filter-topics.js";

let folder: string;
let broker: Broker;
let client: IggyClient;
let control: FilterControl;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-filter-control-"));
  broker = await startBroker({ port: 0, dataDir: folder, passwordCost: { log2N: 10 } });
  client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
  control = await FilterControl.open(client);
});
afterEach(async () => {
  await client.close();
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

const octets = (size: number, seed = 1) => new Uint8Array(size).map((_, index) => index * seed);
const deployment = { name: "strike", stream: "s", octets: octets(100) };

describe("the filters of a broker", () => {
  it("are found by another program, with their modules", async () => {
    const large = octets(2_500_000, 3);
    await control.deploy(deployment);
    await control.deploy({ ...deployment, octets: large, parameters: { strike: "90" }, policy: "pass" });
    const log = new CommandLog(client);
    await log.refresh();
    const filter = log.state.filters.get("strike")!;
    expect(filter.versions).toHaveLength(2);
    const store = new ModuleStore(client);
    expect(await store.load(filter.versions[0]!.module)).toEqual(deployment.octets);
    expect(Buffer.from(await store.load(filter.versions[1]!.module)).equals(large)).toBe(true);
  });

  it("store a module once, and again where what is stored is not it", async () => {
    await control.deploy(deployment);
    await control.deploy(deployment);
    const count = async () => (await client.topics.get("filters", MODULES_TOPIC))!.messageCount;
    expect(await count()).toBe(1);
    // Somebody writes other octets under the same address.
    const reply = await client.poll({
      stream: "filters",
      topic: MODULES_TOPIC,
      partitionId: 0,
      consumer: { kind: "consumer", id: "spec" },
      strategy: { kind: "first" },
      count: 1,
    });
    reply.next();
    const forged = reply.payload().slice();
    forged[forged.length - 1]! ^= 1;
    await sendFilters(client, MODULES_TOPIC, [forged, new Uint8Array(3)]);
    const store = new ModuleStore(client);
    const module = (await control.state()).filters.get("strike")!.versions[0]!.module;
    await expect(store.load(module)).rejects.toMatchObject({ code: "filter.bad-module" });
    expect(store.unreadableCount).toBe(1);
    expect(await store.store(deployment.octets)).toBe(module);
    expect(await new ModuleStore(client).load(module)).toEqual(deployment.octets);
    await expect(store.load("00".repeat(32))).rejects.toMatchObject({ code: "filter.module-missing" });
  });

  it("pass over commands that cannot be read, and count one that was stored twice once", async () => {
    const { command } = await control.deploy(deployment);
    await sendFilters(client, COMMANDS_TOPIC, [
      new TextEncoder().encode("{}"),
      new TextEncoder().encode(JSON.stringify({ format: 1, ...command })),
    ]);
    const unreadable: number[] = [];
    const log = new CommandLog(client, { unreadable: (offset) => unreadable.push(offset) });
    expect(await log.refresh()).toHaveLength(1);
    expect(unreadable).toEqual([1]);
    expect(log.state.filters.get("strike")!.versions).toHaveLength(1);
    expect(log.state.nextOffset).toBe(3);
  });

  it("refuse what would change nothing before it is sent", async () => {
    await control.deploy(deployment);
    await expect(control.send({ kind: "rollback", name: "strike" })).rejects.toMatchObject({
      code: "filter.refused",
    });
    await expect(control.send({ kind: "disable", name: "strik" })).rejects.toThrow(/did you mean "strike"/);
    await expect(control.deploy({ ...deployment, name: "Strike" })).rejects.toMatchObject({
      code: "filter.bad-command",
    });
  });

  it("hear the answer to their own command, and that there is none", async () => {
    const first = await control.deploy(deployment);
    const second = await control.send({ kind: "disable", name: "strike" });
    const answer = (command: string, kind: "done" | "deployed") =>
      writeEvent(client, { kind, name: "strike", service: "spec", atMicros: 1, command });
    await answer(second.command.id, "done");
    await answer(first.command.id, "deployed");
    expect(await first.answer(10_000)).toMatchObject({ kind: "deployed" });
    expect(await second.answer(10_000)).toMatchObject({ kind: "done" });
    const third = await control.send({ kind: "enable", name: "strike" });
    expect(await third.answer(0)).toBeUndefined();
    expect(await control.events()).toHaveLength(2);
  });
});
