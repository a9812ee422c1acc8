import { type FaultRule, type InProcessVenue, randomFaultScript } from "@ims/exchange-simulator";
import type { Draws } from "./seeded.js";

/** What incidents act on. */
export interface Scene {
  readonly venue: InProcessVenue;
  readonly symbols: readonly string[];
  /** Streams that may be subscribed. */
  readonly streams: readonly string[];
  /** Does something later; what is left at the end of the troubles is done then, at once. */
  later(millis: number, act: () => void): void;
  /** Nothing is taken from the integration for so long. */
  pauseSink(millis: number): void;
  /** Ends a subscription and asks for it again after so long. */
  stopFor(millis: number): void;
}

type FaultName = FaultRule["fault"];

const FRAME_FAULTS: readonly FaultName[] = [
  "drop",
  "duplicate",
  "malformed",
  "extra-field",
  "reorder-keys",
  "delay",
  "reorder",
  "gap",
];
const CONTROL_FAULTS: readonly FaultName[] = ["no-ack", "wrong-ack", "error-ack", "silent-after-ack"];
const REST_FAULTS: readonly FaultName[] = [
  "rest-status",
  "rest-delay",
  "rest-reset",
  "rest-malformed",
  "rest-ban",
  "stale-snapshot",
];
const MINUTE = 60_000;

interface Incident {
  readonly name: string;
  readonly weight: number;
  act(scene: Scene, draws: Draws): string;
}

/** Everything that may go wrong, with how often. Each ends by itself within an hour or two. */
const INCIDENTS: readonly Incident[] = [
  { name: "frames", weight: 10, act: (scene, draws) => arm(scene, draws, FRAME_FAULTS) },
  { name: "storm", weight: 1, act: storm },
  { name: "cut", weight: 4, act: (scene, draws) => cut(scene, draws) },
  {
    name: "cut with control trouble",
    weight: 4,
    act: (scene, draws) => {
      const names = [arm(scene, draws, CONTROL_FAULTS)];
      while (draws.chance(0.4)) names.push(arm(scene, draws, CONTROL_FAULTS));
      return `${names.join(", ")}; ${cut(scene, draws)}`;
    },
  },
  {
    name: "cut with REST trouble",
    weight: 4,
    act: (scene, draws) => {
      const names = [arm(scene, draws, REST_FAULTS)];
      while (draws.chance(0.4)) names.push(arm(scene, draws, REST_FAULTS));
      return `${names.join(", ")}; ${draws.chance(0.5) ? cut(scene, draws) : arm(scene, draws, ["gap"])}`;
    },
  },
  {
    name: "refused connections",
    weight: 2,
    act: (scene, draws) => `${arm(scene, draws, ["refuse-connection"])}; ${cut(scene, draws)}`,
  },
  { name: "venue down", weight: 1, act: venueDown },
  { name: "REST down", weight: 1, act: (scene, draws) => `${restDown(scene, draws)}; ${cut(scene, draws)}` },
  { name: "control ignored", weight: 1, act: controlIgnored },
  { name: "stream silent", weight: 2, act: silence },
  { name: "shutdown", weight: 2, act: shutdown },
  { name: "clock", weight: 1, act: (scene, draws) => arm(scene, draws, ["clock-skew"]) },
  { name: "delisting", weight: 1, act: delisting },
  { name: "halt", weight: 1, act: halt },
  { name: "print", weight: 2, act: print },
  { name: "skipped ids", weight: 1, act: (scene, draws) => arm(scene, draws, ["skip-trade-ids"]) },
  { name: "full sink", weight: 1, act: fullSink },
  { name: "asked for again", weight: 1, act: askedAgain },
];
const WEIGHT_SUM = INCIDENTS.reduce((sum, { weight }) => sum + weight, 0);

/** Lets one incident begin now; returns it in words. */
export function strike(scene: Scene, draws: Draws): string {
  let left = draws.unit() * WEIGHT_SUM;
  let incident = INCIDENTS[0]!;
  for (incident of INCIDENTS) {
    left -= incident.weight;
    if (left < 0) break;
  }
  return `${incident.name}: ${incident.act(scene, draws)}`;
}

/** One rule of a kind, from now on. */
function arm({ venue, symbols, streams }: Scene, draws: Draws, kinds: readonly FaultName[]): string {
  const patterns = [...streams, "*", ...symbols.map((symbol) => `${symbol.toLowerCase()}@*`)];
  const options = { millis: 0, faults: 1, kinds, symbols, streams: [draws.pick(patterns)] };
  const [rule] = randomFaultScript(draws.whole(0, 0xffffffff), options).rules;
  venue.inject(rule!);
  return JSON.stringify(rule);
}

function storm(scene: Scene, draws: Draws): string {
  const names = Array.from({ length: draws.whole(3, 12) }, () =>
    arm(scene, draws, draws.chance(0.7) ? FRAME_FAULTS : [...CONTROL_FAULTS, ...REST_FAULTS]),
  );
  for (let cuts = draws.whole(1, 5); cuts > 0; cuts--) {
    scene.later(draws.between(0, 3 * MINUTE), () => void cut(scene, draws));
  }
  return names.join(", ");
}

function cut({ streams, venue }: Scene, draws: Draws): string {
  const fault = draws.pick(["close", "reset", "half-open"] as const);
  const stream = draws.chance(0.5) ? "*" : draws.pick(streams);
  venue.inject({ fault, atMillis: 0, stream });
  return `${fault} of ${stream}`;
}

function venueDown({ later, venue }: Scene, draws: Draws): string {
  const millis = draws.logBetween(1000, 40 * MINUTE);
  venue.faults.refuseConnections(true);
  venue.faults.refuseRest(true);
  venue.faults.dropConnections();
  later(millis, () => {
    venue.faults.refuseConnections(false);
    venue.faults.refuseRest(false);
  });
  return `for ${Math.round(millis)} ms`;
}

function restDown({ later, venue }: Scene, draws: Draws): string {
  const millis = draws.logBetween(1000, 20 * MINUTE);
  venue.faults.refuseRest(true);
  later(millis, () => venue.faults.refuseRest(false));
  return `for ${Math.round(millis)} ms`;
}

function controlIgnored(scene: Scene, draws: Draws): string {
  const { later, venue } = scene;
  const millis = draws.logBetween(1000, 10 * MINUTE);
  venue.faults.ignoreControl(true);
  later(millis, () => venue.faults.ignoreControl(false));
  return `for ${Math.round(millis)} ms; ${cut(scene, draws)}`;
}

function silence({ later, streams, venue }: Scene, draws: Draws): string {
  const stream = draws.pick(streams);
  const millis = draws.logBetween(1000, 60 * MINUTE);
  venue.faults.silence(stream);
  later(millis, () => venue.faults.resume(stream));
  return `${stream} for ${Math.round(millis)} ms`;
}

function shutdown(scene: Scene, draws: Draws): string {
  const { venue } = scene;
  // The futures do not announce theirs.
  if (venue.market !== "spot") return cut(scene, draws);
  const leadMillis = Math.round(draws.logBetween(10, 60_000));
  venue.inject({ fault: "server-shutdown", atMillis: 0, leadMillis });
  return `in ${leadMillis} ms`;
}

function delisting({ later, symbols, venue }: Scene, draws: Draws): string {
  const symbol = draws.pick(symbols);
  const millis = draws.logBetween(1000, 120 * MINUTE);
  venue.inject({ fault: "delist", atMillis: 0, symbol });
  later(millis, () => venue.inject({ fault: "list", atMillis: 0, symbol }));
  return `${symbol} for ${Math.round(millis)} ms`;
}

function halt({ later, symbols, venue }: Scene, draws: Draws): string {
  const symbol = draws.pick(symbols);
  const millis = draws.logBetween(1000, 60 * MINUTE);
  const status = venue.market === "spot" ? "BREAK" : "PENDING_TRADING";
  venue.inject({ fault: "status", atMillis: 0, symbol, status });
  later(millis, () => venue.inject({ fault: "status", atMillis: 0, symbol, status: "TRADING" }));
  return `${symbol} for ${Math.round(millis)} ms`;
}

function print(scene: Scene, draws: Draws): string {
  return arm(scene, draws, scene.venue.market === "spot" ? ["skip-trade-ids"] : ["print"]);
}

function fullSink({ pauseSink }: Scene, draws: Draws): string {
  const millis = draws.logBetween(100, 5 * MINUTE);
  pauseSink(millis);
  return `for ${Math.round(millis)} ms`;
}

function askedAgain({ stopFor }: Scene, draws: Draws): string {
  const millis = draws.chance(0.3) ? 0 : draws.logBetween(1, 20 * MINUTE);
  stopFor(millis);
  return `after ${Math.round(millis)} ms`;
}
