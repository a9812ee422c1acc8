import type { createBinanceIntegration } from "@ims/integration-binance";

/** What an integration is given, as its own declaration says. */
export type Context = Parameters<ReturnType<typeof createBinanceIntegration>>[0];
export type Sink = Context["sink"];
export type Integration = ReturnType<ReturnType<typeof createBinanceIntegration>>;

export type InstrumentOf = Parameters<Sink["register"]>[0];
export type TradeRecord = Parameters<Sink["trade"]>[0];
export type BarRecord = Parameters<Sink["bar"]>[0];
export type BookRecord = Parameters<Sink["bookSnapshot"]>[0];
export type TopRecord = Parameters<Sink["topOfBook"]>[0];
export type GapRecord = Parameters<Sink["gap"]>[0];
export type StatusRecord = Parameters<Sink["feedStatus"]>[0];
export type RecordHead = Pick<
  TradeRecord,
  "instrumentId" | "eventMicros" | "sendMicros" | "receiveMicros" | "flags"
>;
