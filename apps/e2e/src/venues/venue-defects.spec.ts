import { DataType } from "@ims/common";
import { runVenueCase, VENUE_CASES, type VenueStage } from "@ims/testkit";
import type { ImsDataIntegration, IntegrationContext, MarketDataSink, TradeFields } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { openBinanceStage } from "./binance-stage.js";
import { openBitstampStage } from "./bitstamp-stage.js";

/** A plugin with one defect, made of one without. */
interface Defect {
  readonly name: string;
  /** The one without, where Binance's has not the kind of data. */
  readonly open?: () => VenueStage | Promise<VenueStage>;
  /** What stands between the plugin and its sink. */
  readonly sink?: (sink: MarketDataSink, context: IntegrationContext) => Partial<MarketDataSink>;
  readonly integration?: (
    integration: ImsDataIntegration,
    context: IntegrationContext,
  ) => Partial<ImsDataIntegration>;
}

const trades =
  (handle: (trade: TradeFields, pass: (trade: TradeFields) => void) => void): Defect["sink"] =>
  (sink) => ({ trade: (trade) => handle(trade, (passed) => sink.trade(passed)) });

const DEFECTS: readonly Defect[] = [
  { name: "loses a trade", sink: trades((trade, pass) => trade.tradeId % 40 !== 0 && pass(trade)) },
  {
    name: "doubles a trade",
    sink: trades((trade, pass) => {
      pass(trade);
      if (trade.tradeId % 40 === 0) pass(trade);
    }),
  },
  {
    name: "rounds a price",
    sink: trades((trade, pass) => {
      const mantissa = trade.price.toBigInt();
      trade.price.setBigInt(mantissa - (mantissa % 10n ** BigInt(trade.price.scale)), trade.price.scale);
      pass(trade);
    }),
  },
  {
    name: "gives milliseconds for microseconds",
    sink: trades((trade, pass) => {
      trade.eventMicros = Math.floor(trade.eventMicros / 1000);
      pass(trade);
    }),
  },
  {
    name: "swaps neighbours",
    sink: (sink) => {
      let held: TradeFields | undefined;
      return {
        trade(trade) {
          if (trade.tradeId % 40 === 0) {
            held = { ...trade, price: copyCell(trade.price), quantity: copyCell(trade.quantity) };
            return;
          }
          sink.trade(trade);
          if (held) sink.trade(held);
          held = undefined;
        },
      };
    },
  },
  { name: "registers nothing", sink: () => ({ register: () => 4711 }) },
  { name: "is silent about the state of feeds", sink: () => ({ feedStatus() {} }) },
  { name: "never passes a book on whole", sink: () => ({ bookSnapshot() {} }) },
  {
    name: "loses an event of an order",
    open: () => openBitstampStage(),
    sink: (sink) => {
      let count = 0;
      return {
        order(order) {
          if (++count % 20 !== 0) sink.order(order);
        },
      };
    },
  },
  {
    name: "never passes orders on whole",
    open: () => openBitstampStage(),
    sink: () => ({ orderSnapshot() {} }),
  },
  {
    name: "reads on when the sink is full",
    sink: () => ({ accepting: true }),
  },
  { name: "does not stop", integration: () => ({ async stop() {}, async stopAll() {} }) },
  { name: "lets its connections stand at the end", integration: () => ({ async shutdown() {} }) },
  {
    name: "leaves a timer",
    integration: (_integration, { clock }) => {
      clock.setTimer(1e9, () => {});
      return {};
    },
  },
  {
    name: "speaks after its end",
    sink: (sink, { clock }) => ({
      register(instrument) {
        clock.setTimer(90_000, () => sink.rejected({ reason: "unexpected", detail: "late" }));
        return sink.register(instrument);
      },
    }),
  },
  {
    name: "takes every request",
    integration: (integration) => ({
      start: (feed, symbols) => integration.start(feed, symbols).catch(() => {}),
    }),
  },
  {
    name: "starts what it can of a call that it refuses",
    integration: (integration) => ({
      async start(feed, symbols) {
        for (const symbol of symbols) await integration.start(feed, [symbol]);
      },
    }),
  },
  {
    name: "refuses names without suggestions",
    integration: (integration) => ({
      async validate(symbols) {
        const { valid, invalid } = await integration.validate(symbols);
        return { valid, invalid: invalid.map((refused) => ({ ...refused, suggestions: [] })) };
      },
    }),
  },
  {
    name: "throws for a bad name",
    integration: (integration) => ({
      validate: (symbols) =>
        symbols.includes("") ? Promise.reject(new Error("no name")) : integration.validate(symbols),
    }),
  },
  {
    name: "waits for its list for ever",
    integration: (integration) => ({ symbols: () => integration.symbols() }),
  },
  {
    name: "offers what it does not have",
    integration: (integration) => ({
      description: {
        ...integration.description,
        dataTypes: [...integration.description.dataTypes, DataType.OptionTicker],
      },
    }),
  },
];

function copyCell(cell: TradeFields["price"]): TradeFields["price"] {
  return Object.assign(Object.create(Object.getPrototypeOf(cell)), cell);
}

/** The overrides in front of the real thing, whose other members work as they did. */
function inFrontOf<Real extends object>(real: Real, overrides: Partial<Real>): Real {
  return new Proxy(real, {
    get(target, name) {
      const owner = name in overrides ? (overrides as Real) : target;
      const value = Reflect.get(owner, name, owner) as unknown;
      return typeof value === "function" ? value.bind(owner) : value;
    },
  });
}

async function openDefectiveStage({ open, sink, integration }: Defect): Promise<VenueStage> {
  const stage = await (open ?? (() => openBinanceStage("spot")))();
  return inFrontOf(stage, {
    create(context) {
      const seen = sink ? inFrontOf(context.sink, sink(context.sink, context)) : context.sink;
      const made = stage.create({ ...context, sink: seen });
      return integration ? inFrontOf(made, integration(made, context)) : made;
    },
  });
}

describe("the suite for plugins finds one that", () => {
  it.each(DEFECTS)("$name", async (defect) => {
    const failed: string[] = [];
    for (const venueCase of VENUE_CASES) {
      const run = runVenueCase(venueCase, () => openDefectiveStage(defect));
      await run.catch(() => failed.push(venueCase.name));
      if (failed.length > 0) break;
    }
    expect(failed).not.toEqual([]);
  });
});
