import type { AverageMessage } from "../../records/average-message.js";
import { timeText } from "./columns.js";
import { decimal, symbol, text } from "./message-columns.js";
import type { MessageColumn } from "./message-printer.js";

const NONE = "-";

/** One line per message: a revised window appears again. */
export function averageColumns(): readonly MessageColumn<AverageMessage>[] {
  return [
    {
      header: "WINDOW END (UTC)".padEnd(23),
      cell: ({ windowEndMicros }) => timeText(windowEndMicros),
    },
    symbol(),
    text("WINDOW", 6, ({ windowStartMicros, windowEndMicros }) =>
      durationText(windowEndMicros - windowStartMicros),
    ),
    text("AVERAGE", 10, averageText),
    decimal("VALUE", 6, 6, ({ value }) => value),
    decimal("VWAP", 6, 6, ({ vwap }) => vwap),
    decimal("TWAP", 6, 6, ({ twap }) => twap),
    decimal("VOLUME", 5, 5, ({ volume }) => volume),
    text("TRADES", 6, ({ tradeCount }) => String(tradeCount), "right"),
    text("VOLATILITY", 10, ({ realisedVolatility }) => realisedVolatility?.toExponential(3) ?? NONE, "right"),
    { header: "STATE", cell: ({ state, flags }) => (flags.includes("late") ? `${state} late` : state) },
  ];
}

/** `mean`, or the half-life of an exponential average. */
function averageText({ method, nominalCount, nominalMicros }: AverageMessage): string {
  if (method === "simple") return "mean";
  if (nominalCount !== null) return `${nominalCount} trades`;
  return method === "exponential-by-time" ? `${durationText(nominalMicros ?? 0)} half` : method;
}

/** Microseconds in the largest unit that is whole. */
function durationText(micros: number): string {
  const millis = micros / 1000;
  if (millis % 3_600_000 === 0) return `${millis / 3_600_000}h`;
  if (millis % 60_000 === 0) return `${millis / 60_000}m`;
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`;
}
