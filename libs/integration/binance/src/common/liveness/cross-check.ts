import { type Clock, DataType, describeError, sleep } from "@ims/common";
import type { ClockOffset, CrossCheckResult, HttpJsonClient } from "@ims/integration-kit";
import type { BinanceRestRules } from "../rest/rest-rules.js";
import { LastTrades } from "./last-trades.js";
import type { WatchedStream } from "./watched-stream.js";

export interface CrossCheckOptions {
  readonly clock: Clock;
  readonly http: HttpJsonClient;
  readonly rules: BinanceRestRules;
  readonly offset: ClockOffset;
  /** For texts: where streams are dialled. */
  readonly wsUrl: string;
  /** For texts: where and as what a stream is dialled that does not come from {@link wsUrl}. */
  readonly addressOf?: (stream: string) => string | undefined;
  readonly feeds: () => Iterable<WatchedStream>;
}

const UNDER_WAY_MILLIS = 500;

/**
 * Finds out whether a silent stream should have had records: by another stream of the same symbol that was fed since,
 * where a trade on one means a record on the other, and else by the symbol's last trade over REST.
 */
export class CrossCheck {
  readonly #options: CrossCheckOptions;
  readonly #lastTrades: LastTrades;

  constructor(options: CrossCheckOptions) {
    this.#options = options;
    this.#lastTrades = new LastTrades(options);
  }

  /** Never rejects. */
  async ask(feed: WatchedStream, signal: AbortSignal): Promise<CrossCheckResult> {
    const sibling = this.#fedSibling(feed);
    if (sibling) return { verdict: "dead", text: `${this.#silence(feed)}: ${sibling.stream} has records` };
    try {
      const { silentSinceMillis } = feed.liveness;
      if (await this.#lastTrades.tradedSince(feed.symbol, silentSinceMillis, signal)) {
        // A trade of this moment may still be under way; a verdict is void if a record comes meanwhile.
        await sleep(this.#options.clock, UNDER_WAY_MILLIS, signal);
        return { verdict: "dead", text: `${this.#silence(feed)}: the venue has traded since` };
      }
      return { verdict: "quiet", text: "the venue has no trades either" };
    } catch (error) {
      return { verdict: "unknown", text: `the venue could not be asked: ${describeError(error)}` };
    }
  }

  /** The symbol's trades, if they came since this one fell silent: they change every other stream of the symbol. */
  #fedSibling(feed: WatchedStream): WatchedStream | undefined {
    for (const other of this.#options.feeds()) {
      if (other === feed || other.symbol !== feed.symbol || other.dataType !== DataType.Trade) continue;
      const { liveness } = other;
      if (liveness.isAcknowledged && liveness.silentSinceMillis > feed.liveness.silentSinceMillis + 1000) {
        if (liveness.recordCount > 0) return other;
      }
    }
    return undefined;
  }

  /** Says by name what is wrong, and whether it is this stream or the address. */
  #silence({ dataType, path, stream }: WatchedStream): string {
    const { addressOf, wsUrl } = this.#options;
    const address = addressOf?.(stream) ?? (path === "" ? wsUrl : path);
    const where = `${stream} was acknowledged on ${address} and stays silent`;
    for (const other of this.#options.feeds()) {
      if (other.dataType === dataType && other.path === path && other.liveness.recordCount > 0) return where;
    }
    const kind = stream.slice(stream.indexOf("@") + 1);
    return `${where}, as every ${kind} there: the address is wrong for this kind of stream or retired`;
  }
}
