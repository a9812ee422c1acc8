import type { IggyClient } from "@ims/iggy-client";
import { decodeRecord, type OptionTickerRecord } from "@ims/sbe";

export interface ShownOptions {
  readonly client: IggyClient;
  readonly stream: string;
  readonly topic: string;
  readonly signal: AbortSignal;
  /** Takes one line. */
  readonly print: (line: string) => void;
  readonly onMessage: () => void;
}

/** So often at most for each contract; a ticker that comes sooner is not shown. */
const PAUSE_MICROS = 1_000_000;

const COLUMNS = [
  ["contract", 22],
  ["underlying", 16],
  ["expires", 10],
  ["strike", 7],
  ["type", 4],
  ["last", 9],
  ["mark", 9],
  ["bid", 9],
  ["ask", 9],
  ["volume", 8],
  ["open", 8],
  ["delta", 9],
  ["gamma", 9],
  ["theta", 9],
  ["vega", 9],
  ["rho", 9],
  ["iv %", 7],
] as const;

/** Prints option tickers that the filter let through, until the signal. */
export async function showOptions({
  client,
  onMessage,
  print,
  signal,
  stream,
  topic,
}: ShownOptions): Promise<void> {
  const consumer = client.createConsumer({ stream, topic, consumer: "local-stack" });
  const end = () => void consumer.close();
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) return;
  print(row(COLUMNS.map(([title]) => title)));
  const shownMicros = new Map<number, number>();
  consumer.start();
  for await (const batch of consumer.batches()) {
    while (batch.next()) {
      const record = decodeRecord(batch.view, batch.payloadStart, batch.payloadLength);
      if (record?.type !== "option-ticker") continue;
      const { instrumentId, receiveMicros = 0 } = record;
      if (receiveMicros - (shownMicros.get(instrumentId) ?? 0) < PAUSE_MICROS) continue;
      shownMicros.set(instrumentId, receiveMicros);
      print(row(cellsOf(record)));
      onMessage();
    }
    batch.release();
  }
}

function cellsOf(ticker: OptionTickerRecord): string[] {
  const { ask, bid, greeks, lastPrice, markPrice, openInterest, optionType, strike, symbol, volume } = ticker;
  const { delta, gamma, markIv, rho, theta, vega } = greeks;
  const expires = new Date(ticker.expiryMicros / 1000).toISOString().slice(0, 10);
  return [
    symbol,
    ticker.underlying,
    expires,
    strike,
    optionType,
    lastPrice,
    markPrice,
    bid?.price,
    ask?.price,
    volume,
    openInterest,
    ...[delta, gamma, theta, vega, rho, markIv].map(shortened),
  ].map((value) => (value === undefined ? "-" : `${value}`));
}

/** Greeks and volatilities, which are not exact at the venue either, to four digits. */
function shortened(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index < 3 ? cell.padEnd(COLUMNS[index]![1]) : cell.padStart(COLUMNS[index]![1])))
    .join("  ");
}
