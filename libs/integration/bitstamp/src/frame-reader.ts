import {
  asObject,
  type FeedIndex,
  type FrameEvents,
  type FrameReader,
  type JsonObject,
  Unusable,
} from "@ims/integration-kit";
import type { IntegrationLogger, MarketDataSink, RejectReason } from "@ims/traits";
import { streamsOf } from "./channels.js";
import { FrameWalker, WalkedEvent } from "./decode/frame-walker.js";
import type { BitstampFeed } from "./feeds/bitstamp-feed.js";

export interface FrameReaderContext {
  readonly sink: Pick<MarketDataSink, "rejected">;
  readonly logger: Pick<IntegrationLogger, "warn">;
  /** A frame was no JSON or named no channel: it may have been one of any. */
  readonly onUnreadable: () => void;
}

/** Longest part of the venue's own words that is passed on. */
const WORDS_MAX = 200;

/**
 * Reads the frames of one connection (bitstamp.md section 3): trades, books and orders of the usual shape as bytes, whatever
 * else as JSON, with the same result. It throws for no frame: what cannot be used goes to `sink.rejected`.
 */
export function readFrames(
  events: FrameEvents,
  feeds: FeedIndex<BitstampFeed>,
  { logger, onUnreadable, sink }: FrameReaderContext,
): FrameReader {
  const reject = (reason: RejectReason, detail: string, symbol?: string) =>
    sink.rejected({ reason, detail, ...(symbol !== undefined && { symbol }) });

  function control(event: string, data: unknown): void {
    switch (event) {
      case "bts:subscription_succeeded":
      case "bts:unsubscription_succeeded":
        events.onReply({ id: null, error: undefined });
        return;
      case "bts:heartbeat":
        return;
      case "bts:request_reconnect":
        events.onEndAnnounced();
        return;
      case "bts:error": {
        const error = readError(data);
        logger.warn(error, "the venue answers with an error");
        events.onReply({ id: null, error });
        return;
      }
      default:
        reject("unexpected", `an event ${JSON.stringify(event.slice(0, 40))}`);
    }
  }

  const walker = new FrameWalker();

  /**
   * False, with nothing done, for a frame that has to be read as JSON. The streams of a channel are of one instrument
   * and take the same kind of record: what is read for one is read for all.
   */
  function walk(frame: Uint8Array, receiveMicros: number): boolean {
    const event = walker.begin(frame);
    if (event === WalkedEvent.None) return false;
    let isRead = false;
    for (const stream of walker.streams) {
      const open = feeds.find(stream);
      if (!open) continue;
      const { feed, handler } = open;
      if (event === WalkedEvent.Trade) {
        if (!handler.takeTrade || !walker.readTrade()) return isRead;
        handler.takeTrade(walker.trade, receiveMicros);
      } else if (event === WalkedEvent.Order) {
        if (!handler.takeOrder || !walker.readOrder(feed.instrument)) return isRead;
        handler.takeOrder(walker.order, receiveMicros);
      } else {
        if (!handler.takeBook) return isRead;
        // A handler may change what it is given.
        if (!walker.readBook(feed.instrument)) return isRead;
        try {
          handler.takeBook(walker.book, receiveMicros);
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          reject(error.reason, `${feed.stream}: ${error.message}`, feed.instrument.symbol);
          return true;
        }
      }
      isRead = true;
    }
    return isRead;
  }

  return {
    decode(frame, receiveMicros) {
      if (walk(frame, receiveMicros)) return;
      const record = parse(frame);
      if (!record) {
        reject("not-json", `a frame of ${frame.length} octets is no JSON object`);
        onUnreadable();
        return;
      }
      const { channel, data, event } = record;
      if (typeof event !== "string") {
        reject("missing-field", "a frame without an event");
        onUnreadable();
        return;
      }
      if (event.startsWith("bts:")) {
        control(event, data);
        return;
      }
      if (typeof channel !== "string") {
        reject("missing-field", `a frame ${event.slice(0, 40)} without a channel`);
        onUnreadable();
        return;
      }
      for (const stream of streamsOf(channel)) {
        const open = feeds.find(stream);
        // What was under way when the channel was let go of.
        if (!open) continue;
        try {
          open.handler.read(event, asObject(data) ?? {}, receiveMicros, record);
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          reject(error.reason, `${channel}: ${error.message}`, open.feed.instrument.symbol);
          // What is wrong with it is wrong for whoever reads it.
          return;
        }
      }
    },
  };
}

function parse(frame: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString("utf8")));
  } catch {
    return undefined;
  }
}

/** `data` of `bts:error` is `{"code": null or a number, "message": text}`. */
function readError(data: unknown): { readonly code: number; readonly message: string } {
  const { code, message } = asObject(data) ?? {};
  return {
    code: typeof code === "number" ? code : 0,
    message: typeof message === "string" ? message.slice(0, WORDS_MAX) : "without a message",
  };
}
