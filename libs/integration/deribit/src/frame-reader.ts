import {
  type ControlReply,
  type FeedIndex,
  type FrameEvents,
  type FrameReader,
  type InstrumentNews,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { IntegrationLogger, MarketDataSink } from "@ims/traits";
import { FrameWalker } from "./decode/frame-walker.js";
import type { DeribitFeed } from "./feeds/deribit-feed.js";
import { exactObject, NumberText, parseExactJson } from "./json/exact-json.js";
import { isTemporary } from "./rpc/error-codes.js";
import { GreetingId, STATE_CHANNEL, TEST_ANSWER } from "./rpc/greeting.js";
import { LoginKeeper } from "./rpc/login-keeper.js";
import type { Credentials } from "./settings/credentials.js";

export interface FrameReaderParts {
  readonly events: FrameEvents;
  readonly feeds: FeedIndex<DeribitFeed>;
  readonly sink: Pick<MarketDataSink, "rejected">;
  readonly logger: IntegrationLogger;
  readonly instruments: InstrumentNews;
  /** Undefined where there is no login. */
  readonly credentials?: Credentials | undefined;
}

/** News of many instruments come at once, and the list may be asked for once a second. */
const LIST_RENEWAL_MILLIS = 2000;

const OUR_IDS: ReadonlySet<number> = new Set(Object.values(GreetingId));

/** Reads the frames of one connection. It throws for no frame: what cannot be used goes to `sink.rejected`. */
export function readFrames(parts: FrameReaderParts): FrameReader {
  const { credentials, events, feeds, instruments, logger, sink } = parts;
  const login = credentials && new LoginKeeper(credentials, (text) => void events.send(text));
  const walker = new FrameWalker(feeds);
  const rejected = (error: unknown, { instrument: { symbol } }: OpenFeed) => {
    if (!(error instanceof Unusable)) throw error;
    sink.rejected({ reason: error.reason, detail: error.message, symbol });
  };
  /** False, with nothing done, for a frame that has to be read as JSON. */
  const walks = (frame: Uint8Array, receiveMicros: number) => {
    const open = walker.walk(frame, receiveMicros);
    if (open === undefined) return false;
    try {
      open.handler.walked?.(walker.walkers, receiveMicros);
    } catch (error) {
      rejected(error, open.feed);
    }
    return true;
  };
  const notified = (params: JsonObject, receiveMicros: number) => {
    const entry = feeds.find(String(params.channel));
    if (!entry) {
      // Otherwise it was under way when the channel was let go of.
      if (params.channel === STATE_CHANNEL) instruments.renewWithin(LIST_RENEWAL_MILLIS);
      return;
    }
    try {
      entry.handler.read(params.data, receiveMicros);
    } catch (error) {
      rejected(error, entry.feed);
    }
  };
  const answered = (reply: ControlReply, result: unknown, receiveMicros: number) => {
    if (typeof reply.id !== "number" || !OUR_IDS.has(reply.id)) {
      // Taken for no answer: the request is repeated after a while, and is no refusal of what it asks for.
      if (reply.error && isTemporary(reply.error.code)) logger.warn({ ...reply.error }, "the venue is busy");
      else events.onReply(reply);
    } else if (reply.id === GreetingId.States) {
      if (reply.error || reply.accepted?.length === 0)
        logger.warn({ ...reply.error }, "the venue gives no news of instruments: its list is read at times");
    } else if (reply.id === GreetingId.Refresh && reply.error) {
      logger.warn({ ...reply.error }, "the venue does not renew the login: it is made anew");
      login?.refreshRefused(receiveMicros);
    } else if (reply.error) {
      const what = reply.id === GreetingId.Login ? "the login" : "heartbeats";
      logger.error({ ...reply.error }, `the venue refuses ${what}`);
    } else if (reply.id !== GreetingId.Heartbeat && reply.id !== GreetingId.Test) {
      login?.granted(exactObject(result) ?? {}, receiveMicros);
    }
  };
  const read = (frame: Uint8Array, receiveMicros: number) => {
    const record = parse(frame);
    if (!record) {
      sink.rejected({ reason: "not-json", detail: `a frame of ${frame.length} octets is no JSON object` });
      return;
    }
    const params = exactObject(record.params) ?? {};
    if (record.method === "subscription") notified(params, receiveMicros);
    else if (record.method === "heartbeat") {
      if (params.type === "test_request") events.send(TEST_ANSWER);
    } else if (record.result !== undefined || record.error !== undefined)
      answered(readReply(record), record.result, receiveMicros);
    else sink.rejected({ reason: "unexpected", detail: "a frame is neither a notification nor an answer" });
  };
  return {
    decode(frame, receiveMicros) {
      if (!walks(frame, receiveMicros)) read(frame, receiveMicros);
      // Behind the frame: it may be the answer to the login of a new connection.
      login?.check(receiveMicros);
    },
  };
}

function parse(frame: Uint8Array): JsonObject | undefined {
  try {
    return exactObject(
      parseExactJson(Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString("utf8")),
    );
  } catch {
    return undefined;
  }
}

/** An answer without an id is to a request that the venue could not read. */
function readReply({ error, id, result }: JsonObject): ControlReply {
  const number = id instanceof NumberText ? Number(id.text) : null;
  if (error !== undefined) return { id: number, error: readError(exactObject(error) ?? {}) };
  const accepted = Array.isArray(result) ? (result as unknown[]).map(String) : undefined;
  return { id: number, error: undefined, ...(accepted && { accepted }) };
}

function readError({ code, data, message }: JsonObject): { code: number; message: string } {
  const { param, reason } = exactObject(data) ?? {};
  const texts = [message, param, reason].filter((text) => typeof text === "string");
  return {
    code: code instanceof NumberText ? Number(code.text) : 0,
    message: texts.join(": ").slice(0, 500),
  };
}
