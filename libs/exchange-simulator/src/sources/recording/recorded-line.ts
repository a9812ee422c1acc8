import type { RecordedFrame } from "../market-source.js";

/** One line of a recording: what came in when, with the message in its own bytes. */
export interface RecordedLine {
  /** Receive time in microseconds since 1970; undefined if the source had none. */
  readonly receiveMicros: number | undefined;
  readonly direction: string;
  readonly url: string;
  /** The message byte for byte: everything after `"data":` up to the final brace of the line. */
  readonly data: Buffer;
}

const DATA_KEY = Buffer.from(`,"data":`);
const STREAM_KEY = Buffer.from(`{"stream":"`);
const QUOTE = 0x22;
const BRACE = 0x7d;
const NANOS = /^\d{4,25}$/;

/**
 * Splits a line of the form `{"t":…,"dir":…,"url":…,"data":RAW}`, keys always in that order, `data` last.
 * Returns undefined for anything else.
 */
export function parseRecordedLine(line: Buffer): RecordedLine | undefined {
  const dataAt = line.indexOf(DATA_KEY);
  const end = line.lastIndexOf(BRACE);
  if (dataAt < 0 || end < dataAt + DATA_KEY.length) return undefined;
  let head: { t?: unknown; dir?: unknown; url?: unknown };
  try {
    head = JSON.parse(`${line.toString("utf8", 0, dataAt)}}`) as typeof head;
  } catch {
    return undefined;
  }
  if (typeof head.dir !== "string" || typeof head.url !== "string") return undefined;
  // Nanoseconds pass 2^53: the last three digits are cut as text.
  const timed = typeof head.t === "string" && NANOS.test(head.t);
  return {
    receiveMicros: timed ? Number((head.t as string).slice(0, -3)) : undefined,
    direction: head.dir,
    url: head.url,
    data: line.subarray(dataAt + DATA_KEY.length, end),
  };
}

/** The stream frame of a line; undefined for REST answers, sent frames, replies and what belongs to no stream. */
export function recordedFrame(line: RecordedLine): RecordedFrame | undefined {
  if (line.direction !== "in" || !line.url.startsWith("ws")) return undefined;
  return combinedFrame(line.data) ?? rawFrame(line.data);
}

function combinedFrame(data: Buffer): RecordedFrame | undefined {
  if (!data.subarray(0, STREAM_KEY.length).equals(STREAM_KEY)) return undefined;
  const nameEnd = data.indexOf(QUOTE, STREAM_KEY.length);
  if (nameEnd < 0 || data.indexOf(DATA_KEY, nameEnd) !== nameEnd + 1) return undefined;
  const payload = data.subarray(nameEnd + 1 + DATA_KEY.length, data.lastIndexOf(BRACE));
  return { stream: data.toString("utf8", STREAM_KEY.length, nameEnd), payload, combined: data };
}

/** A frame recorded from a raw connection names its stream only through its fields. */
function rawFrame(data: Buffer): RecordedFrame | undefined {
  let event: RawEvent;
  try {
    event = JSON.parse(data.toString()) as RawEvent;
  } catch {
    return undefined;
  }
  if (typeof event !== "object" || event === null) return undefined;
  const symbol = event.s ?? event.o?.s;
  const type = rawStreamType(event);
  if (!type || typeof symbol !== "string") return undefined;
  return { stream: `${symbol.toLowerCase()}@${type}`, payload: data, combined: undefined };
}

/** What a raw frame may say about the stream it came from. */
interface RawEvent {
  readonly e?: unknown;
  readonly s?: unknown;
  readonly o?: { readonly s?: unknown };
  readonly k?: { readonly i?: unknown };
  readonly u?: unknown;
  readonly b?: unknown;
}

/** The usual speed is taken where the frame does not say which. */
function rawStreamType(event: RawEvent): string | undefined {
  switch (event.e) {
    case "trade":
    case "aggTrade":
    case "bookTicker":
      return event.e;
    case "depthUpdate":
      return "depth@100ms";
    case "kline":
      return typeof event.k?.i === "string" ? `kline_${event.k.i}` : undefined;
    case "markPriceUpdate":
      return "markPrice@1s";
    case "forceOrder":
      return "forceOrder";
    case "24hrTicker":
      return "ticker";
    case "24hrMiniTicker":
      return "miniTicker";
    case undefined:
      return event.u !== undefined && typeof event.b === "string" ? "bookTicker" : undefined;
    default:
      return undefined;
  }
}
