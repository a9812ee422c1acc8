import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { ExchangeId, type HealthReport } from "@ims/common";
import { type Broker, type BrokerEnd, type BrokerOptions, startBroker } from "@ims/iggy-broker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import type { RawClient } from "../spec-support/raw-client.js";
import { freePort, ServiceFixture, until } from "../spec-support/service-fixture.js";

const SOON = { brokerAbsenceMillis: 20 };
const TRADES = "trades";

let fixture: ServiceFixture;
let other: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
  other = new ServiceFixture(ExchangeId.BinanceCoinMarginFuture);
});
afterEach(async () => {
  await other.dispose();
  await fixture.dispose();
});

async function brokerOf(service: DataService): Promise<HealthReport["broker"]> {
  return ((await (await fetch(service.healthUrl)).json()) as HealthReport).broker;
}

/** Brokers in this thread that a test can let die. */
class MortalBrokers {
  readonly started: Broker[] = [];
  /** Rejects that many starts. */
  failures = 0;
  #die: (end: BrokerEnd) => void = () => {};

  readonly start = async (options: BrokerOptions): Promise<Broker> => {
    if (this.failures-- > 0) throw new Error("no luck");
    const broker = await startBroker(options);
    const ended = new Promise<BrokerEnd>((resolve) => {
      this.#die = resolve;
    });
    this.started.push(broker);
    return { ...broker, ended };
  };

  async kill(): Promise<void> {
    await this.started.at(-1)!.close();
    this.#die({ error: new Error("the thread is dead") });
  }
}

/** Publishes trades up to an id and reads until it comes; returns the ids seen. */
async function followTrades(client: RawClient, stream: string, partitionId: number, lastId: number) {
  const seen: number[] = [];
  while (seen.at(-1) !== lastId) {
    seen.push(Number((await client.next(stream, TRADES, partitionId)).json.tradeId));
  }
  return seen;
}

describe("an embedded broker that dies", () => {
  it.each(["embedded", "auto"] as const)("is started again in mode %s, and data goes on", async (mode) => {
    fixture.port = await freePort();
    const brokers = new MortalBrokers();
    const service = await fixture.startService({ brokerMode: mode }, brokers.start);
    await service.ready;
    const client = await fixture.connect(100);
    await client.login();
    const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    await followTrades(client, "binancespot-market-data", partitionId, 1);
    brokers.failures = 2;
    await brokers.kill();
    for (let id = 2; id <= 20; id++) fixture.venue.emitTrade("BTCUSDT", id, 1n, 1n);
    const ids = await followTrades(client, "binancespot-market-data", partitionId, 20);
    expect(ids).toEqual(Array.from({ length: 19 }, (_, index) => index + 2));
    expect(brokers.started).toHaveLength(2);
    expect(await brokerOf(service)).toMatchObject({ embedded: true });
    const messages = fixture.log.lines.map(({ msg }) => msg);
    expect(messages).toContain("the embedded broker ended unexpectedly; starting it again");
    expect(
      messages.filter((text) => text === "the embedded broker did not start; trying again"),
    ).toHaveLength(2);
  });

  it("is not started again by a service that stops", async () => {
    fixture.port = await freePort();
    const brokers = new MortalBrokers();
    const service = await fixture.startService({ brokerMode: "auto" }, brokers.start);
    await service.ready;
    brokers.failures = Number.POSITIVE_INFINITY;
    await brokers.kill();
    await service.close();
    expect(brokers.started).toHaveLength(1);
  });
});

describe("a broker of another process that is gone", () => {
  it("is replaced by one of the services that used it, on the same data", async () => {
    fixture.port = await freePort();
    const brokers = new MortalBrokers();
    const owner = await fixture.startService({ brokerMode: "auto" }, brokers.start, SOON);
    await owner.ready;
    other.port = fixture.port;
    const { path: dataDir } = fixture.folder;
    const heir = await other.startService({ brokerMode: "auto", dataDir }, startBroker, SOON);
    await heir.ready;
    expect([await brokerOf(owner), await brokerOf(heir)]).toMatchObject([
      { embedded: true },
      { embedded: false },
    ]);
    const client = await other.connect(100);
    await client.login();
    const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
    const stream = "binancecoinmarginfuture-market-data";
    other.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    await followTrades(client, stream, partitionId, 1);
    await owner.close();
    for (let id = 2; id <= 20; id++) other.venue.emitTrade("BTCUSDT", id, 1n, 1n);
    const ids = await followTrades(client, stream, partitionId, 20);
    expect(ids).toEqual(Array.from({ length: 19 }, (_, index) => index + 2));
    expect(await brokerOf(heir)).toMatchObject({ connected: true, embedded: true });
  });

  const bin = new URL("../../../iggy-broker/dist/bin.js", import.meta.url);
  it.skipIf(!existsSync(bin))(
    "is replaced when its process was killed and its lock is still there",
    async () => {
      const dataDir = `${fixture.folder.path}/broker`;
      const args = [fileURLToPath(bin), "--port", "0", "--data-dir", dataDir];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
      const exited = new Promise((resolve) => child.once("exit", resolve));
      try {
        fixture.port = await new Promise<number>((resolve, reject) => {
          child.stdout.once("data", (text: Buffer) => resolve(Number(/:(\d+)/.exec(text.toString())![1])));
          child.once("exit", () => reject(new Error("the broker did not start")));
        });
        const service = await fixture.startService({ brokerMode: "auto" }, startBroker, SOON);
        await service.ready;
        const client = await fixture.connect(100);
        await client.login();
        const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
        fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
        await followTrades(client, "binancespot-market-data", partitionId, 1);
        child.kill("SIGKILL");
        await exited;
        expect(existsSync(`${dataDir}/lock`)).toBe(true);
        for (let id = 2; id <= 20; id++) fixture.venue.emitTrade("BTCUSDT", id, 1n, 1n);
        const ids = await followTrades(client, "binancespot-market-data", partitionId, 20);
        expect(ids).toEqual(Array.from({ length: 19 }, (_, index) => index + 2));
        expect(await brokerOf(service)).toMatchObject({ connected: true, embedded: true });
      } finally {
        child.kill("SIGKILL");
        await exited;
      }
    },
  );

  it("is left to another service that was faster", async () => {
    const broker = await fixture.startBroker();
    const starts: number[] = [];
    const loser = async (options: BrokerOptions): Promise<Broker> => {
      starts.push(options.port);
      // Somebody was faster between the probe and the start.
      await fixture.startBroker();
      return startBroker(options);
    };
    const service = await fixture.startService({ brokerMode: "auto" }, loser, SOON);
    await service.ready;
    await broker.close();
    await until(async () => starts.length === 1 && (await brokerOf(service)).connected);
    expect(await brokerOf(service)).toMatchObject({ embedded: false });
    expect(starts).toEqual([fixture.port]);
  });

  it("is waited for with IMS_BROKER=external, by a service that notices it first", async () => {
    const broker = await fixture.startBroker();
    const brokers = new MortalBrokers();
    const waiting = await fixture.startService({ brokerMode: "external" }, brokers.start, {
      brokerAbsenceMillis: 1,
    });
    await waiting.ready;
    other.port = fixture.port;
    const { path: dataDir } = fixture.folder;
    const heir = await other.startService({ brokerMode: "auto", dataDir }, startBroker, {
      brokerAbsenceMillis: 300,
    });
    await heir.ready;
    await broker.close();
    await until(async () => (await brokerOf(heir)).embedded && (await brokerOf(waiting)).connected);
    expect(brokers.started).toHaveLength(0);
    expect(await brokerOf(waiting)).toMatchObject({ embedded: false });
  });

  it("is replaced also when it goes before the first session", async () => {
    const sockets = new Set<Socket>();
    const listener = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      listener.close();
      for (const open of sockets) open.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    fixture.port = (listener.address() as AddressInfo).port;
    const service = await fixture.startService({ brokerMode: "auto" }, startBroker, {
      firstSessionMillis: 200,
    });
    await service.ready;
    expect(await brokerOf(service)).toMatchObject({ connected: true, embedded: true });
  });
});

describe("a program that takes connections and is silent", () => {
  /** A port that serves the broker's connections from the given one on, and holds those before without a word. */
  async function silentListener(brokerPort = 0, servedFrom = Number.POSITIVE_INFINITY) {
    const sockets = new Set<Socket>();
    let connectionCount = 0;
    const listener = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      if (++connectionCount < servedFrom) return;
      const onward = connect({ host: "127.0.0.1", port: brokerPort });
      sockets.add(onward.on("error", () => {}));
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    fixture.port = (listener.address() as AddressInfo).port;
    return async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    };
  }
  const waitingLines = () =>
    fixture.log.lines.filter(({ msg }) => String(msg).includes("takes connections and answers no login yet"));

  it("is given time, as a broker that reads its files, and said once", async () => {
    const broker = await fixture.startBroker();
    // The probe is the first connection, then come two attempts that wait for longer than one may take.
    const close = await silentListener(broker.port, 4);
    const service = await fixture.startService({ brokerMode: "auto" }, startBroker, {
      firstSessionMillis: 200,
    });
    await service.ready;
    expect(waitingLines()).toHaveLength(1);
    await service.close();
    await close();
  });

  it("is given up after six times as long", async () => {
    const close = await silentListener();
    const service = await fixture.startService({ brokerMode: "auto" }, startBroker, {
      firstSessionMillis: 50,
    });
    await expect(service.ready).rejects.toMatchObject({
      code: "service.broker-not-iggy",
      message: expect.stringContaining("within 0.3 s"),
    });
    expect(waitingLines()).toHaveLength(1);
    await close();
  });
});
