import { type Delivery, type ExchangeId, SnapshotMark, StateChange } from "@ims/common";
import { peekTemplateId, v2 } from "@ims/sbe";
import type { SchemaGeneration } from "../control/control-request.js";
import type { Subscription } from "../subscriptions/subscription-table.js";
import type { SessionIdentity } from "./client-session.js";

/** A session as it is kept in the broker. */
export interface KeptSession {
  readonly identity: SessionIdentity;
  readonly sessionId: bigint;
  readonly restartCount: number;
  /** Wall time, microseconds. */
  readonly heardMicros: number;
  /** What the client was admitted by. */
  readonly fingerprint: bigint;
}

/** One record of the kept state; each says how something is from now on. */
export type StateRecord =
  | { readonly kind: "session"; readonly change: StateChange; readonly session: KeptSession }
  | {
      readonly kind: "subscription";
      readonly change: StateChange;
      readonly sessionId: bigint;
      readonly subscription: Omit<Subscription, "generation">;
    }
  | {
      readonly kind: "snapshot";
      readonly mark: SnapshotMark;
      readonly number: number;
      readonly sessionCount: number;
      readonly subscriptionCount: number;
    };

const sessionEncoder = new v2.SessionStateEncoder();
const subscriptionEncoder = new v2.SubscriptionStateEncoder();
const snapshotEncoder = new v2.StateSnapshotEncoder();
const sessionDecoder = new v2.SessionStateDecoder();
const subscriptionDecoder = new v2.SubscriptionStateDecoder();
const snapshotDecoder = new v2.StateSnapshotDecoder();

/** The bytes of a record: message 130, 131 or 132. */
export function encodeStateRecord(record: StateRecord, exchange: ExchangeId): Uint8Array {
  if (record.kind === "session") return encodeSession(record, exchange);
  if (record.kind === "subscription") {
    const { clientId, feed, delivery } = record.subscription;
    const bytes = new Uint8Array(v2.SubscriptionStateEncoder.ENCODED_LENGTH);
    subscriptionEncoder
      .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
      .sessionId(record.sessionId)
      .clientId(clientId)
      .dataType(feed.dataType)
      .resolution(feed.resolution)
      .delivery(delivery)
      .change(record.change)
      .symbol(feed.symbol);
    return bytes;
  }
  const bytes = new Uint8Array(v2.StateSnapshotEncoder.ENCODED_LENGTH);
  snapshotEncoder
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .numberNumber(record.number)
    .sessionCount(record.sessionCount)
    .subscriptionCount(record.subscriptionCount)
    .mark(record.mark);
  return bytes;
}

function encodeSession(
  { change, session }: Extract<StateRecord, { kind: "session" }>,
  exchange: ExchangeId,
): Uint8Array {
  const { identity } = session;
  const bytes = new Uint8Array(v2.SessionStateEncoder.ENCODED_LENGTH);
  sessionEncoder
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .sessionId(session.sessionId)
    .requestId(identity.requestId)
    .sentTime(identity.sentMicros)
    .clientId(identity.clientId)
    .exchangeId(exchange)
    .change(change)
    .generation(identity.generation)
    .restartCount(session.restartCount)
    .heardTimeNumber(session.heardMicros)
    .grant(session.fingerprint)
    .clientName(identity.clientName)
    .clientVersion(identity.clientVersion);
  return bytes;
}

/** Reads `view[at, at + length)`; undefined for bytes that are no record of the kept state. Never throws. */
export function decodeStateRecord(view: DataView, at: number, length: number): StateRecord | undefined {
  try {
    switch (peekTemplateId(view, at, length)) {
      case v2.SessionStateDecoder.TEMPLATE_ID:
        return readSession(view, at, length);
      case v2.SubscriptionStateDecoder.TEMPLATE_ID:
        return readSubscription(view, at, length);
      case v2.StateSnapshotDecoder.TEMPLATE_ID:
        return readSnapshot(view, at, length);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function readSession(view: DataView, at: number, length: number): StateRecord | undefined {
  const decoder = sessionDecoder.wrapAndApplyHeader(view, at, length);
  const generation = decoder.generation();
  const change = decoder.change();
  if ((generation !== 1 && generation !== 2) || !isChange(change)) return undefined;
  return {
    kind: "session",
    change,
    session: {
      identity: {
        clientId: decoder.clientId(),
        generation: generation satisfies SchemaGeneration,
        requestId: decoder.requestId(),
        sentMicros: decoder.sentTime(),
        clientName: decoder.clientName(),
        clientVersion: decoder.clientVersion(),
      },
      sessionId: decoder.sessionId(),
      restartCount: decoder.restartCount(),
      heardMicros: decoder.heardTimeNumber(),
      fingerprint: decoder.grant(),
    },
  };
}

function readSubscription(view: DataView, at: number, length: number): StateRecord | undefined {
  const decoder = subscriptionDecoder.wrapAndApplyHeader(view, at, length);
  const change = decoder.change();
  const delivery = decoder.delivery();
  if ((delivery !== 1 && delivery !== 2) || !isChange(change)) return undefined;
  return {
    kind: "subscription",
    change,
    sessionId: decoder.sessionId(),
    subscription: {
      clientId: decoder.clientId(),
      delivery: delivery satisfies Delivery,
      feed: {
        dataType: decoder.dataType(),
        resolution: decoder.resolution(),
        symbol: decoder.symbol(),
      },
    },
  };
}

function readSnapshot(view: DataView, at: number, length: number): StateRecord | undefined {
  const decoder = snapshotDecoder.wrapAndApplyHeader(view, at, length);
  const mark = decoder.mark();
  if (mark !== SnapshotMark.Begin && mark !== SnapshotMark.End) return undefined;
  return {
    kind: "snapshot",
    mark,
    number: decoder.numberNumber(),
    sessionCount: decoder.sessionCount(),
    subscriptionCount: decoder.subscriptionCount(),
  };
}

function isChange(value: number): value is StateChange {
  return value === StateChange.Set || value === StateChange.Ended;
}
