import { Decimal } from "@ims/common";

const NEEDS_QUOTES = /[",\r\n]/;

/** A line of RFC 4180, with a plain line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(",")}\n`;
}

/** A value as one cell: empty for none, lists joined by `|`, exact numbers as their text. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(csvCell).join("|");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "object" && !(value instanceof Decimal)) return JSON.stringify(value);
  return String(value);
}

/** The value at a path such as `bid.price`. */
export function valueAt(object: object, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split(".")) {
    if (value === null || value === undefined) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Rows with a header of all their fields, in the order in which these first appear; nothing for no rows. */
export function csvTable(rows: readonly object[]): string[] {
  if (rows.length === 0) return [];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [csvLine(names), ...rows.map((row) => csvLine(names.map((name) => csvCell(valueAt(row, name)))))];
}

function quoted(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
