import { exchangeName, type Instrument } from "@ims/common";
import type { OutputFormat } from "../cli-settings.js";
import { line, TextColumn } from "./columns.js";
import { csvTable } from "./csv.js";

/** Instruments with a header, or as JSON lines; nothing for no instruments. */
export function instrumentLines(instruments: readonly Instrument[], format: OutputFormat): string[] {
  if (format === "table") return instrumentsAsTable(instruments);
  const rows = instruments.map(withExchangeName);
  return format === "csv" ? csvTable(rows) : rows.map((row) => `${JSON.stringify(row)}\n`);
}

/** The exchange by its name, as the messages of all other commands have it. */
function withExchangeName(instrument: Instrument): object {
  return { ...instrument, exchange: exchangeName(instrument.exchange) ?? instrument.exchange };
}

function instrumentsAsTable(instruments: readonly Instrument[]): string[] {
  if (instruments.length === 0) return [];
  const columns: readonly [TextColumn, (instrument: Instrument) => string][] = [
    [new TextColumn("SYMBOL"), (instrument) => instrument.symbol],
    [new TextColumn("BASE"), (instrument) => instrument.base],
    [new TextColumn("QUOTE"), (instrument) => instrument.quote],
    [new TextColumn("KIND"), (instrument) => instrument.kind],
    [new TextColumn("STATUS"), (instrument) => instrument.status],
    [new TextColumn("PRICE STEP", "right"), (instrument) => instrument.priceIncrement],
    [new TextColumn("QUANTITY STEP", "right"), (instrument) => instrument.quantityIncrement],
  ];
  const print = () =>
    instruments.map((instrument) =>
      line(...columns.map(([column, value]) => column.cell(value(instrument)))),
    );
  // The first pass only finds the widths.
  print();
  return [line(...columns.map(([column]) => column.header())), ...print()];
}
