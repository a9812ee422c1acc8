import { SimulatedClock } from "@ims/common";
import { type InProcessVenue, type InProcessVenueOptions, openInProcessVenue } from "@ims/exchange-simulator";
import type { BinanceIntegration } from "../common/integration/binance-integration.js";
import type { BinanceOptions } from "../common/settings/binance-options.js";
import { createBinanceIntegration } from "../create-binance-integration.js";
import { RecordingSink } from "./recording-sink.js";
import { silentLogger } from "./silent-logger.js";

/** An integration on the simulated venue, both on one simulated clock and without sockets. */
export class SimulatedStage {
  private constructor(
    readonly clock: SimulatedClock,
    readonly venue: InProcessVenue,
    readonly integration: BinanceIntegration,
    readonly sink: RecordingSink,
    /** Paths and queries of all REST requests, in their order. */
    readonly requests: string[],
  ) {}

  static async open(
    venueOptions: Omit<InProcessVenueOptions, "clock">,
    options: BinanceOptions = {},
  ): Promise<SimulatedStage> {
    const clock = new SimulatedClock();
    const venue = await openInProcessVenue({ ...venueOptions, clock });
    const sink = new RecordingSink();
    const requests: string[] = [];
    const create = createBinanceIntegration(venue.market, {
      restUrl: "http://venue.test",
      wsUrl: "ws://venue.test",
      dial: venue.dial,
      transport: async (url, headers) => {
        requests.push(`${url.pathname}${url.search}`);
        const { body, ...reply } = await venue.request("GET", url.href, headers);
        return { ...reply, body: Buffer.from(body) };
      },
      ...options,
    });
    const integration = create({ sink, clock, logger: silentLogger, random: () => 0.5 });
    return new SimulatedStage(clock, venue, integration as BinanceIntegration, sink, requests);
  }

  /** Time passes in small steps, so that what waits for answers gets on. */
  async advance(millis: number, stepMillis = 50): Promise<void> {
    for (let passed = 0; passed < millis; passed += stepMillis) await this.clock.advance(stepMillis);
  }

  /** Resolves as `promise` does while time passes. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const settled = promise.finally(() => {
      done = true;
    });
    settled.catch(() => {});
    while (!done) await this.clock.advance(10);
    return settled;
  }

  async close(): Promise<void> {
    await this.during(this.integration.shutdown());
    await this.venue.close();
  }
}
