import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket, BinanceMarketName } from "../../binance/markets/market.js";
import { parseStreamName } from "../../binance/markets/stream-name.js";
import { fail } from "../../errors/simulator-errors.js";
import { parseRecordedLine, recordedFrame } from "./recorded-line.js";
import { recordingLines } from "./recording-lines.js";

/** What a set of recordings holds, found by reading them once. */
export interface RecordingSurvey {
  readonly streams: ReadonlySet<string>;
  readonly frameCount: number;
  readonly instruments: readonly SimulatedInstrument[];
  /** The exchangeInfo body that the recording itself holds, if any. */
  readonly exchangeInfoBody: string | undefined;
  readonly firstMicros: number | undefined;
  /** Recorded REST bodies by path and symbol, such as `depth BTCUSDT`, in their order. */
  readonly bodies: ReadonlyMap<string, readonly RecordedBody[]>;
}

/** A REST body, and how many stream frames were recorded before it. */
export interface RecordedBody {
  readonly frameCount: number;
  readonly text: string;
}

interface SeenScales {
  price: number;
  quantity: number;
}

/** Streams whose subject is a symbol; `btcusd@indexPrice` for example names a pair. */
const SYMBOL_STREAM = /^(?:trade|aggTrade|kline|bookTicker|depth\d*|ticker|miniTicker|markPrice|forceOrder)$/;
const PRICES = /"[pocbahl]":"(\d+(?:\.\d+)?)"/g;
const QUANTITIES = /"[qBA]":"(\d+(?:\.\d+)?)"/g;
const LEVELS = /\["(\d+(?:\.\d+)?)","(\d+(?:\.\d+)?)"\]/g;
/** Trades are looked at one and all, other streams until their scale cannot be in doubt. */
const OTHER_FRAMES_MAX = 500;

const MARKET_OF_HOST: readonly (readonly [RegExp, BinanceMarketName])[] = [
  [/^wss?:\/\/(?:demo-)?dstream/, "coin-future"],
  [/^wss?:\/\/(?:demo-)?fstream/, "usd-future"],
  [/^wss?:\/\/(?:demo-|data-)?stream\.(?:testnet\.)?binance\.(?:com|vision)/, "spot"],
];

/**
 * Reads all files once for stream names, symbols and scales.
 *
 * @throws ImsError `simulator.recording-unreadable`, `simulator.recording-malformed`, and `simulator.invalid-option`
 * for files of another market or without any stream frame
 */
export async function surveyRecordings(
  market: BinanceMarket,
  files: readonly string[],
): Promise<RecordingSurvey> {
  const streams = new Map<string, number>();
  const scales = new Map<string, SeenScales>();
  const bodies = new Map<string, RecordedBody[]>();
  let frameCount = 0;
  let exchangeInfoBody: string | undefined;
  let firstMicros: number | undefined;
  for (const file of files) {
    let lineNumber = 0;
    for await (const lines of recordingLines(file)) {
      for (const bytes of lines) {
        lineNumber++;
        const line = parseRecordedLine(bytes);
        if (!line) {
          throw fail(
            "simulator.recording-malformed",
            `line ${lineNumber} of ${file} is not of the form {"t":…,"dir":…,"url":…,"data":…}`,
          );
        }
        checkMarket(market, line.url, file);
        firstMicros ??= line.receiveMicros;
        if (line.url.includes("/exchangeInfo")) exchangeInfoBody ??= line.data.toString();
        const depthOf = recordedDepthSymbol(line.url);
        if (depthOf !== undefined) {
          const key = `depth ${depthOf}`;
          bodies.set(key, [...(bodies.get(key) ?? []), { frameCount, text: line.data.toString() }]);
        }
        const frame = recordedFrame(line);
        if (!frame) continue;
        frameCount++;
        const seen = (streams.get(frame.stream) ?? 0) + 1;
        streams.set(frame.stream, seen);
        const { subject, type } = parseStreamName(frame.stream);
        if (subject === "" || !SYMBOL_STREAM.test(type)) continue;
        if (!type.endsWith("rade") && seen > OTHER_FRAMES_MAX) continue;
        noteScales(market, scales, subject.toUpperCase(), type, Buffer.from(frame.payload).toString());
      }
    }
  }
  if (frameCount === 0) {
    throw fail(
      "simulator.invalid-option",
      `no stream frame in ${files.join(", ") || "an empty list of files"}`,
    );
  }
  return {
    streams: new Set(streams.keys()),
    frameCount,
    instruments: [...scales].map(([symbol, seen]) => market.instrumentNamed(symbol, seen)),
    exchangeInfoBody,
    firstMicros,
    bodies,
  };
}

/** The symbol of a recorded REST depth request. */
function recordedDepthSymbol(url: string): string | undefined {
  if (!/^https?:\/\/[^?]*\/depth\?/.test(url)) return undefined;
  return new URL(url).searchParams.get("symbol")?.toUpperCase();
}

function checkMarket(market: BinanceMarket, url: string, file: string): void {
  const other = MARKET_OF_HOST.find(([host]) => host.test(url))?.[1];
  if (other !== undefined && other !== market.name) {
    throw fail(
      "simulator.invalid-option",
      `${file} was recorded on ${other} (${url.slice(0, 80)}), not on ${market.name}`,
    );
  }
}

function noteScales(
  market: BinanceMarket,
  scales: Map<string, SeenScales>,
  symbol: string,
  type: string,
  payload: string,
): void {
  let seen = scales.get(symbol);
  if (!seen) {
    seen = { price: 0, quantity: 0 };
    scales.set(symbol, seen);
  }
  // Spot pads everything to 8 decimals; the futures print the tick's own, zeros included.
  const padded = market.payloadScale !== undefined;
  if (type.startsWith("depth")) {
    for (const [, price, quantity] of payload.matchAll(LEVELS)) {
      seen.price = Math.max(seen.price, decimals(price!, padded));
      seen.quantity = Math.max(seen.quantity, decimals(quantity!, padded));
    }
  } else if (type === "bookTicker" || type === "kline" || type.endsWith("rade")) {
    for (const [, price] of payload.matchAll(PRICES))
      seen.price = Math.max(seen.price, decimals(price!, padded));
    if (type === "kline") return;
    for (const [, quantity] of payload.matchAll(QUANTITIES)) {
      seen.quantity = Math.max(seen.quantity, decimals(quantity!, padded));
    }
  }
}

function decimals(text: string, padded: boolean): number {
  const point = text.indexOf(".");
  if (point < 0) return 0;
  return (padded ? text.replace(/0+$/, "") : text).length - point - 1;
}
