import { fieldValue } from "@ims/iggy-protocol";
import { line, printable, TextColumn, timeText } from "../output/columns.js";
import { csvCell, csvLine } from "../output/csv.js";
import { jsonLine } from "./listing.js";
import { type Decoding, readPayload } from "./payload-text.js";
import type { ShownMessage } from "./stored-messages.js";

/** Turns messages into lines. */
export interface MessageLines {
  /** Printed once before the first line; empty for none. */
  readonly header: string;
  line(message: ShownMessage): string;
}

/** One JSON object per message. */
export class JsonMessageLines implements MessageLines {
  readonly header = "";

  constructor(private readonly decoding: Decoding) {}

  line(message: ShownMessage): string {
    const { partitionId, offset, timestampMicros } = message;
    const { kind, value } = readPayload(message.payload, this.decoding);
    const headers = headersOf(message);
    return jsonLine({
      partition: partitionId,
      offset,
      timestampMicros,
      ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
      kind,
      payload: value,
    });
  }
}

/** CSV with a header; the payload as in the JSON form, user headers as `name=value` joined by `|`. */
export class CsvMessageLines implements MessageLines {
  readonly header = csvLine(["partition", "offset", "timestampMicros", "kind", "payload", "headers"]);

  constructor(private readonly decoding: Decoding) {}

  line(message: ShownMessage): string {
    const { partitionId, offset, timestampMicros } = message;
    const { kind, value } = readPayload(message.payload, this.decoding);
    const payload = typeof value === "object" ? jsonLine(value).trimEnd() : csvCell(value);
    const headers = headersOf(message).map(([name, text]) => `${name}=${text}`);
    return csvLine([partitionId, offset, timestampMicros, kind, payload, headers].map(csvCell));
  }
}

/** Aligned columns; user headers stand behind the payload. */
export class TableMessageLines implements MessageLines {
  readonly #partition = new TextColumn("PARTITION", "right");
  readonly #offset = new TextColumn("OFFSET", "right", 9);
  readonly #kind = new TextColumn("KIND", "left", 6);

  constructor(private readonly decoding: Decoding) {}

  get header(): string {
    const columns = [this.#partition, this.#offset, this.#kind];
    return line("STORED (UTC)".padEnd(23), ...columns.map((column) => column.header()), "PAYLOAD");
  }

  line(message: ShownMessage): string {
    const { kind, text } = readPayload(message.payload, this.decoding);
    const headers = headersOf(message).map(([name, value]) => `${name}=${value}`);
    return line(
      timeText(message.timestampMicros),
      this.#partition.cell(String(message.partitionId)),
      this.#offset.cell(String(message.offset)),
      this.#kind.cell(kind),
      printable(headers.length > 0 ? `${text}  [${headers.join(", ")}]` : text),
    );
  }
}

/** Header names and values as texts, in their order. Headers that are none are told as one of that name. */
function headersOf(message: ShownMessage): [string, string][] {
  try {
    return message.headers().map(({ key, value }) => [fieldText(key), fieldText(value)]);
  } catch {
    return [["unreadable-headers", "true"]];
  }
}

function fieldText(field: Parameters<typeof fieldValue>[0]): string {
  const value = fieldValue(field);
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
