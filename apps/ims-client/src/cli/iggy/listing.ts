import type { CliEnvironment } from "../cli-environment.js";
import { type OutputFormat, outputFormat } from "../cli-settings.js";
import { line, printable, TextColumn } from "../output/columns.js";
import { csvTable } from "../output/csv.js";
import type { IggySettings } from "./iggy-settings.js";

/** A column of a listing. */
export interface ListingColumn<Row> {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly align?: "left" | "right";
  readonly text: (row: Row) => string;
}

/** One JSON object and a line end; integers beyond 2^53 as texts, bytes as hexadecimal texts. */
export function jsonLine(value: unknown): string {
  const replace = (_: string, item: unknown) => {
    if (typeof item === "bigint") return item.toString();
    return item instanceof Uint8Array ? Buffer.from(item).toString("hex") : item;
  };
  return `${JSON.stringify(value, replace)}\n`;
}

/**
 * Prints rows as an aligned table, as CSV, or each as a JSON line. An empty table is said on the error output, so that it does
 * not look like a failure.
 */
export async function printListing<Row extends object>(
  environment: CliEnvironment,
  settings: Pick<IggySettings, "format">,
  rows: readonly Row[],
  columns: readonly ListingColumn<Row>[],
  nothing: string,
): Promise<void> {
  for (const text of listingLines(outputFormat(environment, settings), rows, columns)) {
    if (!(await environment.output.write(text))) return;
  }
  if (rows.length === 0) await environment.errors.write(`ims: ${nothing}\n`);
}

/** What one action did: a sentence for people, else its facts as a row. */
export function factText(
  environment: CliEnvironment,
  settings: Pick<IggySettings, "format">,
  sentence: string,
  facts: object,
): string {
  const format = outputFormat(environment, settings);
  if (format === "table") return `${sentence}\n`;
  return format === "csv" ? csvTable([facts]).join("") : jsonLine(facts);
}

/** Rows as lines; nothing for no rows. */
export function listingLines<Row extends object>(
  format: OutputFormat,
  rows: readonly Row[],
  columns: readonly ListingColumn<Row>[],
): string[] {
  if (format === "json") return rows.map(jsonLine);
  return format === "csv" ? csvTable(rows) : tableLines(rows, columns);
}

function tableLines<Row>(rows: readonly Row[], columns: readonly ListingColumn<Row>[]): string[] {
  if (rows.length === 0) return [];
  const cells = columns.map(({ title, align, text }) => ({ column: new TextColumn(title, align), text }));
  const print = () =>
    rows.map((row) => line(...cells.map(({ column, text }) => column.cell(printable(text(row))))));
  // The first pass only finds the widths.
  print();
  return [line(...cells.map(({ column }) => column.header())), ...print()];
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `1.5 MiB`; a u64 of all ones, which means no bound, as `unlimited`. */
export function bytesText(bytes: number | bigint): string {
  if (BigInt(bytes) === 0xffff_ffff_ffff_ffffn) return "unlimited";
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `2d 3h`, `4m 5s`: the two largest parts. */
export function durationText(micros: number | bigint): string {
  if (BigInt(micros) === 0xffff_ffff_ffff_ffffn) return "never";
  let seconds = Math.floor(Number(micros) / 1e6);
  if (seconds === 0) return micros === 0 || micros === 0n ? "0s" : `${Number(micros) / 1000}ms`;
  const parts: string[] = [];
  for (const [letter, length] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    if (seconds >= length) parts.push(`${Math.floor(seconds / length)}${letter}`);
    seconds %= length;
  }
  return parts.slice(0, 2).join(" ");
}
