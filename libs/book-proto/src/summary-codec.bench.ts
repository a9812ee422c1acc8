import { fileURLToPath } from "node:url";
import type { MethodDefinition } from "@grpc/grpc-js";
import { BookLevels } from "@ims/common";
import { BOOK_SERVICE, bookProto } from "./book-service.js";
import type { OutgoingLevels, OutgoingSummary, SummaryMessage } from "./messages.js";
import { decodeSummary } from "./summary-decoder.js";
import { SummaryEncoder } from "./summary-encoder.js";

export interface CodecFigures {
  readonly what: string;
  /** Processor time of one summary, microseconds. */
  readonly micros: number;
}

const DEPTH = 20;
const MIDDLE = 6_150_000;
const VENUES = ["binancespot", "bitstamp", "deribit"];
const ROUNDS = 4;
/** The general codec, made of the `.proto` file. */
const library = bookProto.service(BOOK_SERVICE).BookSummary as MethodDefinition<object, SummaryMessage>;

/** A summary of three venues and 20 levels a side, by this package and by the general codec; objects made before. */
export function benchSummaryCodec(count: number): CodecFigures[] {
  const encoder = new SummaryEncoder("BTCUSDT", VENUES);
  const summary: OutgoingSummary = {
    priceScale: 2,
    quantityScale: 5,
    bids: sideOf(-1),
    asks: sideOf(1),
    spread: 2n,
    mid: BigInt(MIDDLE * 10),
    midScale: 3,
    crossed: false,
    locked: false,
    venueStates: VENUES.map(() => ({
      state: "FRESH",
      reason: "",
      ageMillis: 3,
      eventMicros: 1_700_000_000_000_000,
      filteredLevels: 0,
    })),
    version: 12_345,
  };
  const bytes = encoder.encode(summary);
  const message = library.responseDeserialize(bytes);
  return [
    figures("encode", count, () => encoder.encode(summary)),
    figures("encode, general", count, () => library.responseSerialize(message)),
    figures("decode", count, () => decodeSummary(bytes)),
    figures("decode, general", count, () => library.responseDeserialize(bytes)),
  ];
}

function sideOf(step: number): OutgoingLevels {
  const levels = new BookLevels();
  const venues = new Uint8Array(DEPTH);
  for (let at = 0; at < DEPTH; at++) {
    levels.push(MIDDLE + step * (at + 1), 0, 1000 + at * 7919, 0);
    venues[at] = at % VENUES.length;
  }
  return { count: DEPTH, venues, levels };
}

function figures(what: string, count: number, call: () => unknown): CodecFigures {
  let micros = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = process.cpuUsage();
    for (let index = 0; index < count; index++) call();
    const { user, system } = process.cpuUsage(startedAt);
    if (round > 0) micros = Math.min(micros, (user + system) / count);
  }
  return { what, micros };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(benchSummaryCodec(50_000));
