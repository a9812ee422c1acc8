import { DataType, Delivery, ExchangeId, type Instrument, RefusalKind, streamNames } from "@ims/common";
import type { ControlRequest } from "../control/control-request.js";
import type { SymbolVerdict } from "../control/request-checks.js";
import { RequestRouter, type RoutingContext } from "../control/request-router.js";
import { digest } from "../sessions/access-tokens.js";
import { createLoginPolicy } from "../sessions/login-policy.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { ClientEntry } from "../settings/client-entries.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";

export const BTC: Instrument = {
  exchange: ExchangeId.BinanceSpot,
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  kind: "spot",
  status: "trading",
  priceScale: 2,
  quantityScale: 5,
  priceIncrement: "0.01",
  quantityIncrement: "0.00001",
};
const ETH: Instrument = { ...BTC, symbol: "ETHUSDT", base: "ETH" };
export const LONG: Instrument = { ...BTC, symbol: "ABCDEFGHIJKLMNOPQRSTU" };
const listed = new Map([BTC, ETH, LONG].map((instrument) => [instrument.symbol, instrument]));

export function verdict(symbol: string): SymbolVerdict {
  return listed.get(symbol) ?? { symbol, reason: "it is not listed", suggestions: ["BTCUSDT"] };
}

export const context: RoutingContext = {
  nowMillis: 0,
  verdict,
  instrumentList: { firstOffset: 70, count: 3 },
};

interface Setup {
  readonly admitsVersion1?: boolean;
  readonly subscriptionsPerClientMax?: number;
  readonly requestsPerSecondMax?: number;
  readonly clients?: readonly ClientEntry[];
}

export function setUp({
  admitsVersion1 = true,
  subscriptionsPerClientMax = 3,
  requestsPerSecondMax = 1000,
  clients,
}: Setup = {}) {
  let sessionId = 7n;
  const sessions = new SessionRegistry(
    {
      heartbeatMillis: 10_000,
      expiryMillis: 30_000,
      version1ExpiryMillis: 60_000,
      sessionCountMax: 100,
      requestsPerSecondMax,
    },
    () => sessionId++,
  );
  const subscriptions = new SubscriptionTable();
  const router = new RequestRouter(
    {
      exchange: ExchangeId.BinanceSpot,
      description: {
        exchange: ExchangeId.BinanceSpot,
        title: "Binance spot",
        dataTypes: [DataType.Trade, DataType.Bar, DataType.TopOfBook],
        resolutions: ["1m", "1h"],
      },
      names: streamNames(ExchangeId.BinanceSpot),
      partitionCount: () => 4,
      subscriptionsPerClientMax,
      instrumentIdOf: (instrument) => (instrument === BTC ? 41 : 42),
    },
    createLoginPolicy({
      environment: admitsVersion1 ? "CI" : "CLUSTER",
      exchange: ExchangeId.BinanceSpot,
      isBrokerLocal: true,
      clients,
    }),
    sessions,
    subscriptions,
  );
  return { router, sessions, subscriptions };
}

export const TOKEN = "a token of more than 16 octets";

/** A configured client 100 with its token. */
export function granted(changes: Partial<ClientEntry>): ClientEntry {
  return {
    clientId: 100,
    token: { salt: "salt", hash: digest("salt", TOKEN) },
    dataTypes: undefined,
    exchanges: undefined,
    subscriptionsMax: undefined,
    admitsVersion1: false,
    brokerUser: undefined,
    ...changes,
  };
}

export type Kind = ControlRequest["kind"];
const TEMPLATES: Readonly<Record<Kind, number>> = {
  login: 110,
  logout: 111,
  heartbeat: 112,
  start: 113,
  stop: 114,
  "stop-all": 115,
};
let nextRequestId = 1n;

/** A request with every field set; parts that its kind lacks do no harm. */
export function request<K extends Kind>(kind: K, changes: object = {}): Extract<ControlRequest, { kind: K }> {
  return {
    kind,
    generation: 2,
    templateId: TEMPLATES[kind],
    clientId: 100,
    exchangeId: ExchangeId.BinanceSpot,
    sessionId: kind === "login" ? 0n : 7n,
    requestId: nextRequestId++,
    sentMicros: 0n,
    accessToken: "",
    clientName: "test",
    clientVersion: "1",
    dataType: DataType.Trade,
    resolution: 0,
    delivery: Delivery.Shared,
    symbols: ["BTCUSDT"],
    symbolCount: 1,
    ...changes,
  } as unknown as Extract<ControlRequest, { kind: K }>;
}

export const client = (code: number) => ({ kind: "refused", refusalKind: RefusalKind.Client, code });
export const data = (code: number) => ({ kind: "refused", refusalKind: RefusalKind.Data, code });
