import type { AverageMessage } from "../../records/average-message.js";
import type { MarketMessage } from "../../records/market-message.js";
import type { OutputFormat } from "../cli-settings.js";
import { line } from "./columns.js";
import { csvCell, csvLine, valueAt } from "./csv.js";
import { CSV_FIELDS } from "./message-fields.js";

/** Messages that commands print one by one. */
export type PrintedMessage = MarketMessage | AverageMessage;

/** Turns messages into text, one line each. */
export interface MessagePrinter<Message extends PrintedMessage = MarketMessage> {
  /** Printed once before the first message; empty for none. */
  readonly header: string;
  print(message: Message): string;
}

/** A column of a table of messages; it may grow with what it prints. */
export interface MessageColumn<Message> {
  readonly header: string;
  cell(message: Message): string;
}

/** One JSON object per line: times in microseconds as numbers, prices and quantities as texts, so nothing is rounded. */
export class JsonPrinter implements MessagePrinter {
  readonly header = "";

  print(message: PrintedMessage): string {
    return `${JSON.stringify(message)}\n`;
  }
}

/** One line of CSV each, under a header. */
export class CsvPrinter implements MessagePrinter {
  readonly #fields: readonly string[];

  constructor(type: keyof typeof CSV_FIELDS) {
    this.#fields = CSV_FIELDS[type];
  }

  get header(): string {
    return csvLine(this.#fields);
  }

  print(message: PrintedMessage): string {
    return csvLine(this.#fields.map((path) => csvCell(valueAt(message, path))));
  }
}

/** Aligned columns. */
export class TablePrinter<Message extends PrintedMessage> implements MessagePrinter<Message> {
  constructor(private readonly columns: readonly MessageColumn<Message>[]) {}

  get header(): string {
    return line(...this.columns.map(({ header }) => header));
  }

  print(message: Message): string {
    return line(...this.columns.map((column) => column.cell(message)));
  }
}

/** The printer of one type of message in a format. */
export function printerFor<Message extends PrintedMessage>(
  format: OutputFormat,
  type: Message["type"] & keyof typeof CSV_FIELDS,
  table: () => readonly MessageColumn<Message>[],
): MessagePrinter<Message> {
  if (format === "json") return new JsonPrinter();
  return format === "csv" ? new CsvPrinter(type) : new TablePrinter(table());
}
