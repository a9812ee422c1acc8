import { fail } from "../../errors/simulator-errors.js";
import type { MarketSource } from "../../sources/market-source.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { SocketService } from "../socket/socket-service.js";
import type { VenueClock } from "../venue-clock.js";
import type { FaultRule, VenueFault } from "./fault-script.js";

/** The parts of a venue that its own faults act on. */
export interface VenueParts {
  readonly source: MarketSource;
  readonly sockets: SocketService;
  readonly clock: VenueClock;
  later(delayMillis: number, act: () => void): void;
}

const GOING_AWAY = 1001;
const SHUTDOWN_LEAD_MILLIS = 10_000;

/** @throws ImsError `simulator.invalid-fault` for a rule that this market or source cannot follow */
export function checkFits(rule: FaultRule, market: BinanceMarketName, source: MarketSource): void {
  if ("symbol" in rule && source.seed === undefined) {
    throw fail(
      "simulator.invalid-fault",
      `"${rule.fault}" steps into a synthetic market, this is a recording`,
    );
  }
  const wanted = rule.fault === "print" ? "futures" : rule.fault === "server-shutdown" ? "spot" : undefined;
  const given = market === "spot" ? "spot" : "futures";
  if (wanted !== undefined && wanted !== given) {
    throw fail("simulator.invalid-fault", `"${rule.fault}" exists on ${wanted} only`);
  }
}

/** Does what the rule says, now. False if it is about a symbol that is not listed at this time. */
export function actOnVenue(rule: VenueFault, { source, sockets, clock, later }: VenueParts): boolean {
  if ("symbol" in rule && rule.fault !== "list" && !source.instrument(rule.symbol)) return false;
  switch (rule.fault) {
    case "server-shutdown": {
      const told = sockets.announceShutdown();
      later(rule.leadMillis ?? SHUTDOWN_LEAD_MILLIS, () => {
        for (const connection of told) connection.close(GOING_AWAY, "server shutdown");
      });
      return true;
    }
    case "clock-skew":
      clock.skewMicros = Math.round(rule.millis * 1000);
      return true;
    case "list":
      source.setStatus(rule.symbol, "TRADING");
      return true;
    case "delist":
      source.setStatus(rule.symbol, undefined);
      return true;
    case "status":
      source.setStatus(rule.symbol, rule.status);
      return true;
    case "print":
      source.intervene(rule.symbol, { print: rule.origin });
      return true;
    case "skip-trade-ids":
      source.intervene(rule.symbol, { skipTradeIds: rule.ids });
      return true;
  }
}
