import type { OutputFormat } from "../cli-settings.js";
import { readPayload } from "../iggy/payload-text.js";
import { line, printable, TextColumn } from "../output/columns.js";
import { csvCell, csvLine } from "../output/csv.js";
import { type Outcome, outcomeJson } from "./filter-outcomes.js";

export interface OutcomePrinter {
  /** Printed once before the first line; empty for none. */
  readonly header: string;
  print(outcome: Outcome): string;
}

export function outcomePrinter(format: OutputFormat): OutcomePrinter {
  if (format === "json") return { header: "", print: outcomeJson };
  return format === "csv" ? csvPrinter() : tablePrinter();
}

/** The record itself is its octets, in hexadecimal digits. */
function csvPrinter(): OutcomePrinter {
  return {
    header: csvLine(["record", "outcome", "kind", "octets"]),
    print: ({ record, outcome, bytes }) =>
      csvLine([record, outcome, readPayload(bytes, "auto").kind, bytes].map(csvCell)),
  };
}

function tablePrinter(): OutcomePrinter {
  const record = new TextColumn("RECORD", "right");
  const outcome = new TextColumn("OUTCOME", "left", 9);
  const kind = new TextColumn("KIND", "left", 13);
  return {
    header: line(record.header(), outcome.header(), kind.header(), "CONTENT"),
    print: (made) => {
      const { kind: name, text } = readPayload(made.bytes, "auto");
      return line(
        record.cell(String(made.record)),
        outcome.cell(made.outcome),
        kind.cell(name),
        printable(text),
      );
    },
  };
}
