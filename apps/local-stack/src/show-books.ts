import { BookClient, type SummaryMessage } from "@ims/book-proto";
import { type Clock, Decimal } from "@ims/common";
import { mergedView } from "ims-client/merged-view";

export interface ShownBooks {
  /** Of the order-book service. */
  readonly address: string;
  readonly symbol: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A terminal gets a ladder in colour, anything else a line for each state. */
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
  /** Writes text as it is. */
  readonly write: (text: string) => void;
  readonly onMessage: () => void;
}

const DEPTH = 10;
/** States between two looks are not shown: nobody could read them. */
const LOOK_MILLIS = 200;

/** Shows the newest state of a merged book five times a second, until the signal. */
export async function showBooks(shown: ShownBooks): Promise<void> {
  const { address, clock, isColoured, isTerminal, onMessage, signal, symbol, write } = shown;
  const client = new BookClient(address);
  const output = { isTerminal, write: (text: string) => Promise.resolve(write(text)).then(() => true) };
  const draw = mergedView(output, DEPTH, isColoured);
  let newest: SummaryMessage | undefined;
  let timer = clock.setTimer(LOOK_MILLIS, look);
  function look(): void {
    timer = clock.setTimer(LOOK_MILLIS, look);
    if (!newest) return;
    if (isTerminal) void draw(newest);
    else write(`${bookLine(newest, clock.nowMicros())}\n`);
    if (newest.bids.length > 0) onMessage();
    newest = undefined;
  }
  try {
    for await (const summary of client.summaries({ symbol, depth: DEPTH }, signal)) newest = summary;
  } finally {
    timer.cancel();
    client.close();
  }
}

/** `book  12:00:00.123  BTCUSDT  bid 1 @ 2 bitstamp  ask …  spread …  mid …  binancespot fresh, …`. */
function bookLine(summary: SummaryMessage, nowMicros: number): string {
  const { asks, bids, mid, midScale, priceScale, quantityScale, spread, venues } = summary;
  const level = (best: (typeof bids)[number] | undefined) =>
    best
      ? `${decimal(best.quantity, quantityScale)} @ ${decimal(best.price, priceScale)} ${best.venue}`
      : "none";
  const figures =
    spread === undefined || mid === undefined
      ? ""
      : `  spread ${decimal(spread, priceScale)}  mid ${decimal(mid, midScale)}${summary.crossed ? "  CROSSED" : ""}`;
  const states = venues.map(({ state, venue }) => `${venue} ${state.toLowerCase()}`).join(", ");
  const time = new Date(Math.floor(nowMicros / 1000)).toISOString().slice(11, 23);
  return `book   ${time}  ${summary.symbol}  bid ${level(bids[0])}  ask ${level(asks[0])}${figures}  ${states}`;
}

function decimal(mantissa: string, scale: number): string {
  return Decimal.of(BigInt(mantissa), scale).toString();
}
