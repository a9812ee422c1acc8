import type { OrderSnapshotMessage, OrdersMessage } from "../../records/order-message.js";
import type { OutputFormat } from "../cli-settings.js";
import { csvCell, csvLine, valueAt } from "./csv.js";
import { decimal, eventTime, type Paint, symbol, text } from "./message-columns.js";
import { CSV_FIELDS } from "./message-fields.js";
import { JsonPrinter, type MessageColumn, type MessagePrinter, TablePrinter } from "./message-printer.js";

const NONE = "-";

/**
 * Prints single orders. All orders of a book are one line of a table or of JSON, and in CSV a line each, whose event is
 * `standing`.
 */
export function orderPrinter(format: OutputFormat, paint: Paint): MessagePrinter<OrdersMessage> {
  if (format === "json") return new JsonPrinter();
  return format === "csv" ? new OrderCsvPrinter() : new TablePrinter(orderColumns(paint));
}

function orderColumns(paint: Paint): readonly MessageColumn<OrdersMessage>[] {
  return [
    eventTime(),
    symbol(),
    text("EVENT", 8, (message) => (message.type === "order" ? message.event : "whole")),
    {
      header: "SIDE",
      cell: (message) => {
        const side = message.type === "order" ? message.side : "unknown";
        return paint((side === "unknown" ? NONE : side).padEnd(4), side);
      },
    },
    decimal("PRICE", 6, 4, (message) => (message.type === "order" ? message.price : null)),
    decimal("QUANTITY", 5, 8, (message) => (message.type === "order" ? message.quantity : null)),
    decimal("FILLED", 5, 8, (message) => (message.type === "order" ? message.filledQuantity : null)),
    {
      header: "ORDER ID",
      cell: (message) => (message.type === "order" ? idText(message) : sizeText(message)),
    },
  ];
}

/** The id, with what is unusual about the order. */
function idText({ kind, marks, orderId }: Extract<OrdersMessage, { readonly type: "order" }>): string {
  const unusual = [...(kind === "limit" ? [] : [kind]), ...marks];
  return unusual.length === 0 ? String(orderId) : `${orderId} (${unusual.join(", ")})`;
}

function sizeText({ asks, bids, flags, part }: OrderSnapshotMessage): string {
  const isWhole = part === 0 && flags.includes("last-in-event");
  return `${bids.length} bids, ${asks.length} asks${isWhole ? "" : `, part ${part}`}`;
}

class OrderCsvPrinter implements MessagePrinter<OrdersMessage> {
  readonly header = csvLine(CSV_FIELDS.order);

  print(message: OrdersMessage): string {
    if (message.type === "order") return rowOf(message);
    const { asks, bids } = message;
    const standing = { ...message, event: "standing", kind: "limit" };
    return [
      ...bids.map((order) => rowOf({ ...standing, ...order, side: "buy" })),
      ...asks.map((order) => rowOf({ ...standing, ...order, side: "sell" })),
    ].join("");
  }
}

function rowOf(order: object): string {
  return csvLine(CSV_FIELDS.order.map((path) => csvCell(valueAt(order, path))));
}
