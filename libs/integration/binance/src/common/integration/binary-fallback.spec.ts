import type { SocketConnector } from "@ims/integration-kit";
import { afterEach, describe, expect, it } from "vitest";
import {
  all,
  BOOKS,
  expectBooks,
  expectComplete,
  lostTrades,
  start,
  TOPS,
  TRADES,
} from "../../spec-support/binary-checks.js";
import { BinaryStage, type StagedClient } from "../../spec-support/binary-stage.js";

const stages: BinaryStage[] = [];
async function open(...options: Parameters<typeof BinaryStage.open>): Promise<BinaryStage> {
  const stage = await BinaryStage.open(...options);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

describe("where the binary streams cannot be had", () => {
  const warnings = ({ log }: StagedClient) => log.filter((line) => /^(?:warn|error)/.test(line));

  it("auto reads JSON and says so in one line", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto", apiKey: "0000000000000000" });
    await start(stage, auto, [TRADES, TOPS, BOOKS]);
    await stage.advance(10_000);
    expect(auto.integration.status()).toMatchObject({
      marketData: "json",
      connected: true,
      connectionCount: 1,
    });
    expect(warnings(auto)).toEqual([expect.stringMatching(/JSON streams.*HTTP 401/)]);
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto without a key reads JSON and says so in one line", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto", apiKey: undefined });
    expect(auto.log.filter((line) => line.includes("no API key"))).toHaveLength(1);
    await start(stage, auto, [TRADES], ["BTCUSDT"]);
    expect(auto.integration.status().marketData).toBe("json");
  });

  it("auto reads JSON when the host does not answer, and when it is not there", async () => {
    const unreachable =
      (fail: (events: Parameters<SocketConnector>[2], stage: BinaryStage) => void, stage: BinaryStage) =>
      (dial: SocketConnector): SocketConnector =>
      (url, bytesMax, events, headers) => {
        if (!url.includes("/sbe/")) return dial(url, bytesMax, events, headers);
        const nothing = () => {};
        fail(events, stage);
        return {
          isOpen: false,
          isPaused: false,
          send: nothing,
          ping: nothing,
          pause: nothing,
          resume: nothing,
          terminate: () => void stage.clock.setTimer(0, () => events.onClosed(1006)),
        };
      };
    for (const [fail, reason] of [
      [() => {}, /no answer within 10000 ms/],
      [
        (events: Parameters<SocketConnector>[2], stage: BinaryStage) =>
          void stage.clock.setTimer(5, () => events.onError("getaddrinfo ENOTFOUND")),
        /ENOTFOUND/,
      ],
    ] as const) {
      const stage = await open();
      const auto = stage.client({ marketData: "auto" }, unreachable(fail, stage));
      await start(stage, auto, [TRADES], ["BTCUSDT"]);
      await stage.advance(12_000);
      expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
      expect(warnings(auto)).toEqual([expect.stringMatching(reason)]);
      await stage.advance(2000);
      expect(auto.sink.trades.pendingCount).toBeGreaterThan(10);
    }
  });

  it("auto goes over to JSON when the key is withdrawn while running, and nothing is lost", async () => {
    const stage = await open();
    let withdrawn = false;
    const auto = stage.client({ marketData: "auto" }, (dial) => (url, bytesMax, events, headers) => {
      return dial(url, bytesMax, events, withdrawn ? {} : headers);
    });
    await start(stage, auto, [TRADES, BOOKS]);
    await stage.advance(4000);
    expect(auto.integration.status().marketData).toBe("sbe");
    withdrawn = true;
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(15_000);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
    expect(lostTrades(auto)).toEqual([]);
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto gives up a connection that is still up when another is refused, and says that it did", async () => {
    const stage = await open();
    let withdrawn = false;
    const auto = stage.client(
      { marketData: "auto", redundancy: 2 },
      (dial) => (url, bytesMax, events, headers) => {
        return dial(url, bytesMax, events, withdrawn ? {} : headers);
      },
    );
    await start(stage, auto, [TRADES, BOOKS]);
    await stage.advance(4000);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connectionCount: 2 });
    const before = (await all(auto.sink.feedStatuses)).map(({ text }) => text);
    expect(before).not.toContainEqual(expect.stringContaining("connection was lost"));
    withdrawn = true;
    stage.venue.inject({ fault: "reset", atMillis: 0, connection: 1 });
    await stage.advance(15_000);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connectionCount: 2 });
    const after = (await all(auto.sink.feedStatuses)).map(({ text }) => text);
    expect(after).toContainEqual(expect.stringContaining("connection was lost"));
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto keeps to the binary streams through losses of the network and quick changes of mind", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto" });
    const started = auto.integration.start(TRADES, ["BTCUSDT"]);
    const stopped = auto.integration.stop(TRADES, ["BTCUSDT"]);
    await stage.during(Promise.all([started, stopped]));
    await start(stage, auto, [TRADES]);
    await stage.advance(3000);
    stage.venue.faults.refuseConnections(true);
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(5000);
    stage.venue.faults.refuseConnections(false);
    await stage.advance(70_000, 50);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connected: true });
    expectComplete(stage, await all(auto.sink.trades));
  });

  it("auto goes over to JSON when the host stays down, not while the venue asks for a pause", async () => {
    const stage = await open({
      source: { kind: "synthetic", seed: 5, symbols: ["BTCUSDT"], tradesPerSecond: 3 },
    });
    let status = 429;
    let isDown = false;
    const auto = stage.client({ marketData: "auto" }, (dial) => (url, bytesMax, events, headers) => {
      if (!isDown || !url.includes("/sbe/")) return dial(url, bytesMax, events, headers);
      const wire = dial(url, bytesMax, { ...events, onOpen: () => events.onRefused(status, "1") }, headers);
      return wire;
    });
    await start(stage, auto, [TRADES], ["BTCUSDT"]);
    await stage.advance(1000);
    isDown = true;
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(300_000, 250);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connected: false });
    status = 503;
    await stage.advance(600_000, 250);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
    expectComplete(stage, await all(auto.sink.trades), ["BTCUSDT"]);
  });

  it("sbe stays, tries again, and says once what to check; the key is in no line", async () => {
    const key = "wrongwrongwrongwrong";
    const stage = await open();
    const sbe = stage.client({ marketData: "sbe", apiKey: key });
    await start(stage, sbe, [TRADES], ["BTCUSDT"]);
    await stage.advance(60_000, 50);
    expect(sbe.integration.status()).toMatchObject({
      marketData: "sbe",
      connected: false,
      connectionCount: 0,
    });
    expect(sbe.log.filter((line) => line.includes("Ed25519"))).toHaveLength(1);
    expect(warnings(sbe).length).toBeGreaterThan(2);
    expect(sbe.log.join("\n")).not.toContain(key);
  });
});
