import { Decimal } from "@ims/common";
import type { BookLevel } from "../records/book-message.js";
import type { StandingOrder } from "../records/order-message.js";

/** A level with numbers as they are written. */
export interface LooseLevel {
  readonly price: Decimal | string;
  readonly quantity: Decimal | string;
}

/** An order of a book, likewise. */
export interface LooseOrder extends LooseLevel {
  readonly orderId: number;
}

type LooseValue<Value> = Value extends Decimal
  ? Decimal | string
  : Value extends BookLevel
    ? LooseLevel
    : Value extends readonly StandingOrder[]
      ? readonly LooseOrder[]
      : Value extends readonly BookLevel[]
        ? readonly LooseLevel[]
        : Value;

/** Fields of a message for a test: what is left out has a default, and exact numbers may be texts. */
export type MessageFields<Message> = {
  readonly [Name in keyof Omit<Message, "type">]?: LooseValue<Message[Name]>;
};

/** Fields that hold exact numbers, in whichever message. */
const EXACT: ReadonlySet<string> = new Set([
  "price",
  "quantity",
  "open",
  "high",
  "low",
  "close",
  "last",
  "volume",
  "quoteVolume",
  "takerVolume",
  "markPrice",
  "indexPrice",
  "settlementEstimate",
  "fundingRate",
  "averagePrice",
  "filledQuantity",
  "originalQuantity",
]);
const LEVELS: ReadonlySet<string> = new Set(["bid", "ask", "bids", "asks"]);

/** A message with other values in the fields that are given. */
export function withFields<Message>(message: Message, fields: MessageFields<Message>): Message {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (EXACT.has(name) && typeof value === "string") given[name] = exact(value);
    else if (LEVELS.has(name) && value !== null)
      given[name] = exactLevels(value as LooseLevel | LooseLevel[]);
    else given[name] = value;
  }
  return { ...message, ...given };
}

function exactLevels(levels: LooseLevel | readonly LooseLevel[]): BookLevel | readonly BookLevel[] {
  if (Array.isArray(levels)) return levels.map((level: LooseLevel) => exactLevels(level) as BookLevel);
  const level = levels as LooseLevel;
  return { ...level, price: exact(level.price), quantity: exact(level.quantity) };
}

/** An exact number as it is written. */
export function exact(value: Decimal | string): Decimal {
  return typeof value === "string" ? Decimal.parse(value) : value;
}
