import { SimulatedClock } from "@ims/common";
import { type InProcessVenue, type InProcessVenueOptions, openInProcessVenue } from "@ims/exchange-simulator";
import type { SocketConnector } from "@ims/integration-kit";
import type { BinanceIntegration } from "../common/integration/binance-integration.js";
import type { BinanceOptions } from "../common/settings/binance-options.js";
import { createBinanceIntegration } from "../create-binance-integration.js";
import { RecordingSink } from "./recording-sink.js";

export const API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";

/** One plugin on the stage, with what it said. */
export interface StagedClient {
  readonly integration: BinanceIntegration;
  readonly sink: RecordingSink;
  /** `level message {fields}`, one for each line of the log. */
  readonly log: string[];
}

/** Several plugins of the spot market on one simulated venue that has JSON and binary streams. */
export class BinaryStage {
  readonly clients: StagedClient[] = [];

  private constructor(
    readonly clock: SimulatedClock,
    readonly venue: InProcessVenue,
  ) {}

  static async open(options: Partial<Omit<InProcessVenueOptions, "clock">> = {}): Promise<BinaryStage> {
    const clock = new SimulatedClock();
    const venue = await openInProcessVenue({
      market: "spot",
      source: {
        kind: "synthetic",
        seed: 21,
        symbols: ["BTCUSDT", "ETHUSDT", "DOGEUSDT"],
        tradesPerSecond: 60,
      },
      apiKeys: [API_KEY],
      keepDeliveries: true,
      ...options,
      clock,
    });
    return new BinaryStage(clock, venue);
  }

  /** @param around what stands between the plugin and the venue's sockets */
  client(
    options: BinanceOptions,
    around: (dial: SocketConnector) => SocketConnector = (dial) => dial,
  ): StagedClient {
    const { clock, venue } = this;
    const sink = new RecordingSink();
    const log: string[] = [];
    const line = (level: string) => (fields: object, message: string) =>
      void log.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
    const create = createBinanceIntegration("spot", {
      restUrl: "http://venue.test",
      wsUrl: "ws://localhost",
      sbeUrl: "ws://localhost/sbe",
      apiKey: API_KEY,
      dial: around(venue.dial),
      transport: async (url, headers) => {
        const { body, ...reply } = await venue.request("GET", url.href, headers);
        return { ...reply, body: Buffer.from(body) };
      },
      ...options,
    });
    const integration = create({ sink, clock, logger, random: () => 0.5 }) as BinanceIntegration;
    const client = { integration, sink, log };
    this.clients.push(client);
    return client;
  }

  /** Time passes in small steps, so that what waits for answers gets on. */
  async advance(millis: number, stepMillis = 20): Promise<void> {
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
    await this.during(Promise.all(this.clients.map(({ integration }) => integration.shutdown())));
    await this.venue.close();
  }
}
