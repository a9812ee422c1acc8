import { bytesText, durationText, type ListingColumn } from "../iggy/listing.js";
import { printable } from "../output/columns.js";
import type { ServiceProbe, ServiceReport } from "./service-probe.js";

const NONE = "-";

/** Services as a table: one line each, then what is wrong with them. */
export const STATUS_COLUMNS: readonly ListingColumn<ServiceProbe>[] = [
  column("SERVICE", ({ exchange }) => exchange),
  column("STATUS", ({ status }) => status),
  column("UP", ({ uptimeSeconds }) => duration(uptimeSeconds), "right"),
  column("BROKER", ({ broker }) =>
    broker === undefined ? NONE : !broker.connected ? "away" : broker.embedded ? "embedded" : "connected",
  ),
  column("VENUE", ({ venue }) => (venue === undefined ? NONE : venue.connected ? "connected" : NONE)),
  column("SYMBOLS", ({ venue }) => number(venue?.instrumentCount), "right"),
  column("CLIENTS", ({ sessionCount }) => number(sessionCount), "right"),
  column("FEEDS", ({ feedStates, subscriptionCount }) => feedText(feedStates, subscriptionCount)),
  column("RATE", ({ ratePerSecond }) => (ratePerSecond == null ? NONE : `${rate(ratePerSecond)}/s`), "right"),
  column("PUBLISHING", ({ publishing }) => publishing?.phase ?? NONE),
  column(
    "MEMORY",
    ({ memoryBytes }) => (memoryBytes === undefined ? NONE : bytesText(roundedBytes(memoryBytes))),
    "right",
  ),
];

/** Sentences below the table: why a service is not ready, and what could not be read. */
export function statusRemarks(probes: readonly ServiceProbe[]): string[] {
  return probes.flatMap((probe) => {
    if (probe.kind === "absent") return [`${probe.address}: nothing listens there`];
    if (probe.kind === "unreadable") return [`${probe.address}: ${printable(probe.reason)}`];
    return (probe.report.reasons ?? []).map((reason) => printable(`${probe.report.exchange}: ${reason}`));
  });
}

function column(
  title: string,
  text: (report: ServiceReport) => string,
  align: "left" | "right" = "left",
): ListingColumn<ServiceProbe> {
  const absent = (probe: ServiceProbe) =>
    title === "SERVICE" ? probe.address : title === "STATUS" ? probe.kind : NONE;
  return { title, align, text: (probe) => (probe.kind === "report" ? text(probe.report) : absent(probe)) };
}

/** `12 live, 1 stale`: the states that are there, `none` for no feeds. */
function feedText(states: Readonly<Record<string, number>> | undefined, count: number | undefined): string {
  if (!states) return number(count);
  const parts = Object.entries(states).map(([state, feeds]) => `${feeds} ${state}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function duration(seconds: number | undefined): string {
  return seconds === undefined ? NONE : durationText(seconds * 1e6);
}

function number(value: number | undefined): string {
  return value === undefined ? NONE : String(value);
}

function rate(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}

/** Whole MiB: a figure that changes with every look would only flicker. */
function roundedBytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20) * 2 ** 20;
}
