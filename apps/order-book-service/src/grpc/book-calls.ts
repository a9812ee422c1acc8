import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import type { CanonicalSymbol } from "@ims/book-merge";
import type { BookSummaryRequestMessage, SymbolMessage } from "@ims/book-proto";
import { onCallEnd } from "@ims/grpc-host";
import type { BookHub } from "../hub/book-hub.js";
import { SummaryStream } from "./summary-stream.js";

export const DEPTH_DEFAULT = 10;
export const DEPTH_MAX = 1000;
const STREAMS_MAX_DEFAULT = 10_000;
const QUOTED_LENGTH_MAX = 40;

type SummaryServerCall = ServerWritableStream<BookSummaryRequestMessage, Buffer>;

interface Refusal {
  readonly code: status;
  readonly details: string;
}

/** The methods of the service OrderBooks. */
export class BookCalls {
  readonly #open = new Set<SummaryServerCall>();
  #conflatedCount = 0;

  constructor(
    private readonly hub: BookHub,
    private readonly streamsMax = STREAMS_MAX_DEFAULT,
  ) {}

  get streamCount(): number {
    return this.#open.size;
  }

  /** States that clients whose stream has ended did not get because they were slow. */
  get conflatedCount(): number {
    return this.#conflatedCount;
  }

  readonly bookSummary = (call: SummaryServerCall): void => {
    const { symbol, depth, venues } = call.request;
    const canonical = this.hub.symbols.find(symbol);
    const refusal = this.#refusal(symbol, canonical, depth, venues);
    if (refusal) {
      call.emit("error", refusal);
      return;
    }
    const books = this.hub.booksOf(canonical!);
    if (!books) {
      call.emit("error", busy("as many symbols as may be are watched"));
      return;
    }
    const wanted = [...new Set(venues)].sort();
    const levels = depth || DEPTH_DEFAULT;
    const watcher = () => stream.changed();
    const merge = books.join(wanted, levels, watcher);
    const stream = new SummaryStream(call, merge);
    this.#open.add(call);
    const leave = () => {
      if (!this.#open.delete(call)) return;
      this.#conflatedCount += stream.conflatedCount;
      books.leave(wanted, levels, watcher);
    };
    onCallEnd(call, leave);
    stream.begin();
  };

  readonly symbols = (
    _call: ServerUnaryCall<object, unknown>,
    reply: sendUnaryData<{ symbols: readonly SymbolMessage[] }>,
  ): void => {
    reply(null, {
      symbols: this.hub.symbols.all.map(({ name, base, quote, venues }) => ({ name, base, quote, venues })),
    });
  };

  /** Ends every stream: the clients read that the service goes away. */
  endAll(): void {
    for (const call of this.#open) {
      call.emit("error", {
        code: status.UNAVAILABLE,
        details: "the service is shutting down; connect again",
      });
    }
  }

  #refusal(
    symbol: string,
    canonical: CanonicalSymbol | undefined,
    depth: number,
    venues: readonly string[],
  ): Refusal | undefined {
    const { hub } = this;
    if (!hub.isReady) {
      return { code: status.UNAVAILABLE, details: "no venue has given its instruments yet; try again" };
    }
    if (depth > DEPTH_MAX) return invalid(`depth is ${depth}; at most ${DEPTH_MAX}`);
    const unknown = venues.find((venue) => !hub.venues.includes(venue));
    if (unknown !== undefined) {
      return invalid(`there is no venue ${quoted(unknown)} here; there are ${hub.venues.join(", ")}`);
    }
    if (!canonical) {
      return {
        code: status.NOT_FOUND,
        details: `no venue lists ${quoted(symbol)}${this.#suggestions(symbol)}`,
      };
    }
    const listing = canonical.venues.map(({ venue }) => venue);
    const missing = venues.find((venue) => !listing.includes(venue));
    if (missing !== undefined) {
      return {
        code: status.NOT_FOUND,
        details: `${missing} does not list ${canonical.name}; ${listing.join(", ")} do`,
      };
    }
    return this.#open.size >= this.streamsMax ? busy("as many streams as may be are open") : undefined;
  }

  #suggestions(symbol: string): string {
    const near = this.hub.symbols.suggestions(symbol.slice(0, QUOTED_LENGTH_MAX));
    return near.length === 0 ? "; ask Symbols for the list" : `; did you mean ${near.join(", ")}?`;
  }
}

function invalid(details: string): Refusal {
  return { code: status.INVALID_ARGUMENT, details };
}

function busy(reason: string): Refusal {
  return { code: status.RESOURCE_EXHAUSTED, details: `${reason}; try again later` };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text);
}
