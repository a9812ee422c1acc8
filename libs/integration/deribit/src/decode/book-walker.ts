import type { BookLevels } from "@ims/common";
import { Char, type FrameBytes, Literal, NOWHERE } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import { ObjectWalker, ValueKind } from "./object-walker.js";

const KEYS = ["type", "timestamp", "change_id", "prev_change_id", "bids", "asks"] as const;
const TYPE = 0;
const TIMESTAMP = 1;
const CHANGE_ID = 2;
const PREVIOUS_ID = 3;
const BIDS = 4;
const ASKS = 5;

const SNAPSHOT = new Literal('"snapshot"');
const CHANGE = new Literal('"change"');
/** Each with what stands before it in a row and behind it. */
const NEW_LEVEL = new Literal('["new",');
const CHANGED_LEVEL = new Literal('["change",');
const DELETED_LEVEL = new Literal('["delete",');

type Scales = Pick<BookFields, "priceScale" | "quantityScale">;

/** Reads books and their changes from their bytes: the same as the feed makes of the parsed data. */
export class BookWalker {
  eventMicros = 0.5;
  changeId = 0.5;
  /** 0 for a whole book. */
  previousId = 0.5;
  isWhole = false;
  readonly #object = new ObjectWalker(KEYS, (frame, start, place) => this.#list(frame, start, place));
  #book!: BookFields;
  #mayBeNegative = false;

  /**
   * Fills the levels of `book` at the instrument's scales. The place behind the data that begin at `start`;
   * {@link NOWHERE}, with nothing of use in `book`, for what is not usual, levels with more digits among it.
   *
   * @param mayBeNegative prices of combos are differences
   */
  walk(frame: FrameBytes, start: number, scales: Scales, mayBeNegative: boolean, book: BookFields): number {
    this.#book = book;
    this.#mayBeNegative = mayBeNegative;
    book.priceScale = scales.priceScale;
    book.quantityScale = scales.quantityScale;
    const object = this.#object;
    const { kinds, mantissas } = object;
    const end = object.walk(frame, start);
    if (end === NOWHERE || kinds[BIDS] !== ValueKind.List || kinds[ASKS] !== ValueKind.List) return NOWHERE;
    if (!object.isTimestamp(TIMESTAMP) || !object.isCount(CHANGE_ID, Number.MAX_SAFE_INTEGER)) return NOWHERE;
    // Before 2020 frames had no type.
    if (kinds[TYPE] === ValueKind.Absent) this.isWhole = kinds[PREVIOUS_ID] === ValueKind.Absent;
    else {
      this.isWhole = object.isText(frame, TYPE, SNAPSHOT);
      if (!this.isWhole && !object.isText(frame, TYPE, CHANGE)) return NOWHERE;
    }
    if (!this.isWhole && !object.isCount(PREVIOUS_ID, Number.MAX_SAFE_INTEGER)) return NOWHERE;
    this.eventMicros = mantissas[TIMESTAMP]! * 1000;
    this.changeId = mantissas[CHANGE_ID]!;
    this.previousId = this.isWhole ? 0 : mantissas[PREVIOUS_ID]!;
    return end;
  }

  /** `[["new",price,amount],…]`, also empty. */
  #list(frame: FrameBytes, start: number, place: number): number {
    const { bytes } = frame;
    const book = this.#book;
    const levels = place === BIDS ? book.bids : book.asks;
    levels.clear();
    let at = start + 1;
    if (bytes[at] === Char.CloseBracket) return at + 1;
    for (;;) {
      at = this.#row(frame, at, levels, book);
      if (at === NOWHERE) return NOWHERE;
      const byte = bytes[at++];
      if (byte === Char.CloseBracket) return at;
      if (byte !== Char.Comma) return NOWHERE;
    }
  }

  #row(frame: FrameBytes, start: number, levels: BookLevels, { priceScale, quantityScale }: Scales): number {
    const { bytes } = frame;
    let isDeleted = false;
    let at = frame.text(start, CHANGED_LEVEL);
    if (at === NOWHERE) {
      at = frame.text(start, NEW_LEVEL);
      if (at === NOWHERE) {
        at = frame.text(start, DELETED_LEVEL);
        isDeleted = true;
      }
    }
    at = frame.numberAt(at, priceScale);
    const { hi, lo } = frame;
    if (at === NOWHERE || bytes[at] !== Char.Comma) return NOWHERE;
    if ((hi < 0 || (hi | lo) === 0) && !this.#mayBeNegative) return NOWHERE;
    at = frame.numberAt(at + 1, quantityScale);
    if (at === NOWHERE || bytes[at] !== Char.CloseBracket || frame.hi < 0) return NOWHERE;
    if (isDeleted) levels.push(lo, hi, 0, 0);
    else levels.push(lo, hi, frame.lo, frame.hi);
    return at + 1;
  }
}
