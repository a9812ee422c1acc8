import { type BookLevels, DecimalParse, MantissaCell, parseDecimalText } from "@ims/common";
import { createBookFields, venueError } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";

const SCALE_MAX = 18;
const MICROS_PER_MILLI = 1000;

/**
 * Reads the body of a `depth` request of any market: `lastUpdateId`, `bids`, `asks`, and on futures the times `E` and
 * `T` [binance.md 1.2, 2.2]. Prices and quantities get the instrument's scales, without the superfluous zeros that the
 * venue prints, or the smallest larger ones that hold each exactly. Throws `venue.bad-reply` for anything else; nothing
 * is rounded or left out.
 */
export function readDepthSnapshot(
  body: unknown,
  scales: Pick<BookFields, "priceScale" | "quantityScale">,
  receiveMicros: number,
): BookFields {
  const { lastUpdateId, bids, asks, E, T } = asRecord(body);
  if (!isId(lastUpdateId)) throw unusable("lastUpdateId is not a whole number");
  const bidTexts = levelTexts(bids, "bids");
  const askTexts = levelTexts(asks, "asks");
  const fields = createBookFields();
  fields.lastUpdateId = lastUpdateId;
  fields.firstUpdateId = lastUpdateId;
  fields.sendMicros = isId(E) ? E * MICROS_PER_MILLI : 0;
  fields.eventMicros = isId(T) ? T * MICROS_PER_MILLI : 0;
  fields.receiveMicros = receiveMicros;
  const all = [...bidTexts, ...askTexts];
  fields.priceScale = largestScale(scales.priceScale, all, 0);
  fields.quantityScale = largestScale(scales.quantityScale, all, 1);
  fill(fields.bids, bidTexts, fields);
  fill(fields.asks, askTexts, fields);
  return fields;
}

type LevelText = readonly [price: string, quantity: string];

function levelTexts(value: unknown, key: string): readonly LevelText[] {
  if (!Array.isArray(value)) throw unusable(`${key} is not a list`);
  for (const level of value as unknown[]) {
    const [price, quantity] = Array.isArray(level) ? (level as unknown[]) : [];
    if (typeof price !== "string" || typeof quantity !== "string") {
      throw unusable(`a level of ${key} is not a pair of strings`);
    }
  }
  return value as readonly LevelText[];
}

function largestScale(least: number, levels: readonly LevelText[], item: 0 | 1): number {
  return levels.reduce((scale, level) => Math.max(scale, scaleOf(level[item])), least);
}

/** Digits after the point without trailing zeros. */
function scaleOf(text: string): number {
  const point = text.indexOf(".");
  if (point < 0) return 0;
  let end = text.length;
  while (text[end - 1] === "0") end--;
  return end - point - 1;
}

function fill(levels: BookLevels, texts: readonly LevelText[], fields: BookFields): void {
  const price = new MantissaCell();
  const quantity = new MantissaCell();
  for (const [priceText, quantityText] of texts) {
    read(priceText, fields.priceScale, price);
    read(quantityText, fields.quantityScale, quantity);
    levels.push(price.lo, price.hi, quantity.lo, quantity.hi);
  }
}

function read(text: string, scale: number, cell: MantissaCell): void {
  const point = text.indexOf(".");
  const printed = point < 0 ? 0 : text.length - point - 1;
  const missing = scale - printed;
  // Longer texts lose zeros that the scale does not need, shorter ones get them.
  let exact = text;
  if (missing < 0) exact = scale === 0 ? text.slice(0, point) : text.slice(0, missing);
  else if (missing > 0) exact = `${text}${point < 0 ? "." : ""}${"0".repeat(missing)}`;
  if (
    point === text.length - 1 ||
    scale > SCALE_MAX ||
    parseDecimalText(exact, cell) !== DecimalParse.Ok ||
    cell.scale !== scale
  ) {
    throw unusable(`${JSON.stringify(text.slice(0, 40))} is no decimal that fits into 64 bits`);
  }
}

function asRecord(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw unusable("it is no JSON object");
  return body as Readonly<Record<string, unknown>>;
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function unusable(detail: string) {
  return venueError("venue.bad-reply", `A depth snapshot cannot be used: ${detail}`);
}
