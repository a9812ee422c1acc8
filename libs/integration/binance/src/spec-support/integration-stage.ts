import { SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, expect } from "vitest";
import type { BinanceIntegration } from "../common/integration/binance-integration.js";
import type { BinanceMarketName } from "../common/market/binance-market.js";
import type { BinanceOptions } from "../common/settings/binance-options.js";
import { createBinanceIntegration } from "../create-binance-integration.js";
import { FakeBinance, type FakePeer, listedRow } from "./fake-binance.js";
import { RecordingSink } from "./recording-sink.js";
import { silentLogger } from "./silent-logger.js";

/** An integration over real sockets to a scripted venue, on simulated time, new for each test of a file. */
export class IntegrationStage {
  clock = new SimulatedClock();
  sink = new RecordingSink();
  venue!: FakeBinance;
  integration!: BinanceIntegration;

  /** Registers the hooks: after each test the integration is shut down and has left no timer. */
  static forEachTest(): IntegrationStage {
    const stage = new IntegrationStage();
    beforeEach(() => stage.open());
    afterEach(() => stage.close());
    return stage;
  }

  create(market: BinanceMarketName = "spot", options: BinanceOptions = {}): BinanceIntegration {
    const { restUrl, wsUrl } = this.venue;
    const factory = createBinanceIntegration(market, { restUrl, wsUrl, ...options });
    const { sink, clock } = this;
    this.integration = factory({
      sink,
      clock,
      logger: silentLogger,
      random: () => 0.5,
    }) as BinanceIntegration;
    return this.integration;
  }

  /** Connected and its first message acknowledged. */
  async subscribed(): Promise<FakePeer> {
    const peer = await this.venue.peers.next();
    await peer.controls.next();
    return peer;
  }

  private async open(): Promise<void> {
    this.clock = new SimulatedClock();
    this.sink = new RecordingSink();
    this.venue = await FakeBinance.start();
    this.venue.exchangeInfo = {
      symbols: [listedRow("BTCUSDT"), listedRow("ETHUSDT"), listedRow("OLDUSDT", { status: "BREAK" })],
    };
  }

  private async close(): Promise<void> {
    await this.integration.shutdown();
    expect(this.clock.pendingTimerCount).toBe(0);
    await this.venue.close();
  }
}
