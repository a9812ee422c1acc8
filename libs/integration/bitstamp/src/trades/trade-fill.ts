import { type Clock, describeError, RecordFlags, sleep } from "@ims/common";
import { Backoff, createTradeFields, Unusable } from "@ims/integration-kit";
import type { IntegrationLogger, TradeFields } from "@ims/traits";
import { isNotFound, type ListedTrade, type TradeWindow } from "../rest/bitstamp-rest.js";
import { readListedTrade } from "./trade-fields.js";
import type { TradeJoin } from "./trade-join.js";

/** From where on trades may be missing. */
export interface Cut {
  /** Last id before it. */
  readonly lastId: number;
  /** When the stream was known to work for the last time, microseconds of our clock. */
  readonly aliveMicros: number;
}

export interface TradeFillOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly symbol: string;
  readonly join: TradeJoin;
  readonly read: (window: TradeWindow, signal: AbortSignal) => Promise<readonly ListedTrade[]>;
  /** Ids, both included, that will not be had; the last is 0 where it is not known. */
  readonly lost: (fromId: number, toId: number) => void;
  readonly rejected: (error: Unusable) => void;
  /** Sets what is particular to the feed: the instrument and the time of arrival. */
  readonly complete: (trade: TradeFields) => void;
}

/** The stream carries what happens from its acknowledgement on; the list may be a moment behind. */
const GRACE_MILLIS = 300;
/** While the stream brings nothing, the list is read once more after so long. */
const LOOK_AGAIN_MILLIS = 5000;
/** So often the list may end before the first trade of the stream. */
const LAG_ATTEMPTS = 6;
/** Of a longer loss only the latest so many are passed on. */
const TRADES_MAX = 20_000;
/** Windows of `/transactions/`, each with the age up to which it is asked for, seconds. */
const WINDOWS: readonly (readonly [TradeWindow, number])[] = [
  ["minute", 50],
  ["hour", 3540],
  ["day", 86_340],
];

/**
 * Reads the trades of one lost stretch from `/transactions/` and hands them to the join, then lets what waits go on. A
 * venue that cannot be reached is asked again for ever, with growing pauses.
 */
export async function fillTrades(
  options: TradeFillOptions,
  { aliveMicros, lastId }: Cut,
  signal: AbortSignal,
): Promise<void> {
  const { clock, join, logger, lost, random, read, symbol } = options;
  const backoff = new Backoff(random, { firstMillis: 500, capMillis: 60_000 });
  const trade = createTradeFields();
  let isReachKnown = false;
  let lagCount = 0;
  let newest = lastId;
  await sleep(clock, GRACE_MILLIS, signal);
  for (let looks = 0; ; ) {
    const ageSeconds = (clock.nowMicros() - aliveMicros) / 1e6;
    const [window, reachSeconds] = WINDOWS.find(([, seconds]) => ageSeconds < seconds) ?? WINDOWS.at(-1)!;
    let listed: readonly ListedTrade[];
    try {
      listed = await read(window, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isNotFound(error)) {
        logger.error({ symbol, error: describeError(error) }, "missed trades cannot be read");
        lost(newest + 1, before(join.firstLiveId));
        join.release();
        return;
      }
      const pauseMillis = backoff.nextMillis();
      logger.warn(
        { symbol, error: describeError(error), pauseMillis },
        "missed trades could not be read yet",
      );
      await sleep(clock, pauseMillis, signal);
      continue;
    }
    signal.throwIfAborted();
    const missed = listed.filter(({ tradeId }) => tradeId > lastId);
    if (!isReachKnown) {
      isReachKnown = true;
      const reaches = missed.length < listed.length || ageSeconds < reachSeconds;
      const first = missed.at(-TRADES_MAX)?.tradeId ?? missed[0]?.tradeId ?? join.firstLiveId;
      if (!reaches || missed.length > TRADES_MAX) lost(lastId + 1, before(first));
    }
    for (const each of missed.slice(-TRADES_MAX)) offer(options, each, trade);
    newest = Math.max(newest, missed.at(-1)?.tradeId ?? 0);
    const { firstLiveId } = join;
    if (firstLiveId > 0) {
      if (newest >= firstLiveId || ++lagCount >= LAG_ATTEMPTS) {
        if (newest < firstLiveId - 1 && lagCount >= LAG_ATTEMPTS) lost(newest + 1, firstLiveId - 1);
        join.release();
        return;
      }
      await sleep(clock, backoff.nextMillis(), signal);
      continue;
    }
    join.release();
    if (++looks >= 2) return;
    join.hold();
    await sleep(clock, LOOK_AGAIN_MILLIS, signal);
  }
}

/** The last id in front of this one; 0 where it is not known. */
export function before(id: number): number {
  return Math.max(0, id - 1);
}

function offer(
  { complete, join, lost, rejected }: TradeFillOptions,
  listed: ListedTrade,
  trade: TradeFields,
) {
  try {
    readListedTrade(listed.row, trade);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    rejected(error);
    lost(listed.tradeId, listed.tradeId);
    return;
  }
  trade.flags = RecordFlags.BackFilled;
  complete(trade);
  join.offerListed(trade);
}
