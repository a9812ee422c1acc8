import {
  asObject,
  type ControlReply,
  type FeedIndex,
  type FrameEvents,
  type FrameReader,
  type JsonObject,
  Unusable,
} from "@ims/integration-kit";
import type { MarketDataSink } from "@ims/traits";
import type { TradesFeed } from "./trades-feed.js";

/** Reads the frames of one connection. It throws for no frame: what cannot be used goes to `sink.rejected`. */
export function readFrames(
  { onReply }: FrameEvents,
  feeds: FeedIndex<TradesFeed>,
  sink: Pick<MarketDataSink, "rejected">,
): FrameReader {
  return {
    decode(frame, receiveMicros) {
      const record = parse(frame);
      if (!record) {
        sink.rejected({ reason: "not-json", detail: `a frame of ${frame.length} octets is no JSON object` });
        return;
      }
      const reply = readReply(record);
      if (reply) {
        onReply(reply);
        return;
      }
      const open = feeds.find(String(record.channel));
      // What was under way when the stream was let go of.
      if (!open) return;
      const rows = Array.isArray(record.trades) ? (record.trades as unknown[]) : [];
      for (const row of rows) {
        try {
          open.handler.read(asObject(row) ?? {}, receiveMicros);
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          const { symbol } = open.feed.instrument;
          sink.rejected({ reason: error.reason, detail: error.message, symbol });
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

/** An answer carries the id of its question. */
function readReply({ accepted, error, id }: JsonObject): ControlReply | undefined {
  if (typeof id !== "number") return undefined;
  if (typeof error === "string") return { id, error: { code: 0, message: error } };
  return { id, error: undefined, accepted: Array.isArray(accepted) ? (accepted as string[]) : [] };
}
