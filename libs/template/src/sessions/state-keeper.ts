import { type Clock, describeError, type ExchangeId, SnapshotMark, StateChange } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { CLIENT, CLOCK, EXCHANGE, LOGIN_POLICY } from "../service/tokens.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { StreamTopology } from "../topology/stream-topology.js";
import type { ClientSession } from "./client-session.js";
import { KeptState } from "./kept-state.js";
import type { LoginPolicy } from "./login-policy.js";
import { SessionRegistry } from "./session-registry.js";
import { decodeStateRecord, encodeStateRecord, type StateRecord } from "./state-record.js";

/** Two topics of the control stream: a snapshot is written to the one that is not in use, so one is always whole. */
export const STATE_TOPICS = ["sessions-a", "sessions-b"] as const;

const BATCH_COUNT_MAX = 1000;
const POLL_COUNT_MAX = 1000;
/** Records before the state is written anew; twice what it holds if that is more. */
const RECORD_COUNT_MIN = 4096;
const WRITE_MILLIS_MAX = 2000;
const RETRY_MILLIS = 1000;

/**
 * Keeps sessions and subscriptions in the broker, for the next start of the service: every change as a record, and the
 * whole anew when the changes outgrow it or when it is not certain what the broker holds. Calls must not overlap.
 */
@scoped(Lifecycle.ContainerScoped)
export class StateKeeper {
  #pending: StateRecord[] = [];
  #isKeeping = false;
  #needsSnapshot = true;
  #inUse: 0 | 1 = 1;
  #number = 0;
  /** Records of the topic in use. */
  #recordCount = 0;
  #retryAtMillis = Number.NEGATIVE_INFINITY;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "topics" | "poll" | "sendMessages">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(LOGIN_POLICY) private readonly policy: LoginPolicy,
    @inject(EXCHANGE) private readonly exchange: ExchangeId,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {}

  /** What an earlier run of the service left; empty without one. Rejects while the broker cannot be asked. */
  async load(): Promise<KeptState> {
    const states: KeptState[] = [];
    for (const topic of STATE_TOPICS) states.push(await this.#read(topic));
    const [first, second] = states as [KeptState, KeptState];
    this.#inUse = first.number > second.number ? 0 : 1;
    const latest = states[this.#inUse]!;
    this.#number = Math.max(0, latest.number);
    return latest.number < 0 ? new KeptState() : latest;
  }

  /** From now on every change is recorded; what there is at the moment is written whole with the next {@link flush}. */
  start(): void {
    this.#isKeeping = true;
    this.#needsSnapshot = true;
    this.sessions.listener = (session, isOpen) => {
      if (this.#needsSnapshot) return;
      this.#pending.push(this.#sessionRecord(session, isOpen ? StateChange.Set : StateChange.Ended));
    };
    this.subscriptions.listener = (subscription, isOn) => {
      if (this.#needsSnapshot) return;
      this.#pending.push({
        kind: "subscription",
        change: isOn ? StateChange.Set : StateChange.Ended,
        sessionId: this.#sessionIdOf(subscription.clientId),
        subscription,
      });
    };
  }

  /** The broker may have lost what was written: it is written anew. */
  distrust(): void {
    this.#needsSnapshot = true;
    this.#pending = [];
  }

  /**
   * Writes what changed since the last call. False when the broker does not take it; it is tried again, whole, with a
   * later call, and a restart until then would forget it.
   */
  async flush(): Promise<boolean> {
    if (!this.#isKeeping) return true;
    if (!this.#needsSnapshot && this.#pending.length === 0) return true;
    const nowMillis = this.clock.monotonicMillis();
    if (nowMillis < this.#retryAtMillis) return false;
    const held = this.sessions.size + this.subscriptions.subscriptionCount;
    const isOutgrown = this.#recordCount + this.#pending.length > Math.max(RECORD_COUNT_MIN, 2 * held);
    const records = this.#pending;
    this.#pending = [];
    try {
      if (this.#needsSnapshot || isOutgrown) await this.#writeSnapshot();
      else await this.#write(STATE_TOPICS[this.#inUse], records);
      return true;
    } catch (error) {
      this.distrust();
      this.#retryAtMillis = this.clock.monotonicMillis() + RETRY_MILLIS;
      this.log.warn("kept-state", "sessions cannot be kept for a restart at the moment", () => ({
        error: describeError(error),
      }));
      return false;
    }
  }

  async #writeSnapshot(): Promise<void> {
    const { controlStream } = this.topology.names;
    const next = this.#inUse === 0 ? 1 : 0;
    const topic = STATE_TOPICS[next];
    const records = this.#wholeState(this.#number + 1);
    // What changes while this is written is recorded behind it.
    this.#needsSnapshot = false;
    await this.client.topics.ensure(controlStream, { name: topic, partitionCount: 1 });
    await this.client.topics.purge(controlStream, topic);
    // A number is used once, also if its writing fails: two snapshots of one number could be taken for each other.
    this.#number++;
    this.#recordCount = 0;
    await this.#write(topic, records);
    this.#inUse = next;
    // Only to give the room back: the higher number counts.
    const old = STATE_TOPICS[next === 0 ? 1 : 0];
    await this.client.topics.purge(controlStream, old).catch(() => {});
  }

  #wholeState(number: number): StateRecord[] {
    const sessions = [...this.sessions].map((session) => this.#sessionRecord(session, StateChange.Set));
    const subscriptions = [...this.subscriptions.all()].map(
      (subscription): StateRecord => ({
        kind: "subscription",
        change: StateChange.Set,
        sessionId: this.#sessionIdOf(subscription.clientId),
        subscription,
      }),
    );
    const counts = { number, sessionCount: sessions.length, subscriptionCount: subscriptions.length };
    return [
      { kind: "snapshot", mark: SnapshotMark.Begin, ...counts },
      ...sessions,
      ...subscriptions,
      { kind: "snapshot", mark: SnapshotMark.End, ...counts },
    ];
  }

  #sessionRecord(session: ClientSession, change: StateChange): StateRecord {
    const silentMillis = this.clock.monotonicMillis() - session.lastHeardMillis;
    return {
      kind: "session",
      change,
      session: {
        identity: session.identity,
        sessionId: session.sessionId,
        restartCount: session.restartCount,
        heardMicros: Math.round(this.clock.nowMicros() - silentMillis * 1000),
        fingerprint: this.policy.grantOf(session.clientId, session.generation)?.fingerprint ?? 0n,
      },
    };
  }

  #sessionIdOf(clientId: number): bigint {
    return this.sessions.get(clientId)?.sessionId ?? 0n;
  }

  async #write(topic: string, records: readonly StateRecord[]): Promise<void> {
    for (let at = 0; at < records.length; at += BATCH_COUNT_MAX) {
      const batch = records.slice(at, at + BATCH_COUNT_MAX);
      await this.client.sendMessages(
        {
          stream: this.topology.names.controlStream,
          topic,
          partitioning: { kind: "partition", partitionId: 0 },
          messages: batch.map((record) => ({ payload: encodeStateRecord(record, this.exchange) })),
          // The last record of a thing counts, so a batch that is stored twice says the same.
          resend: true,
        },
        { timeoutMillis: WRITE_MILLIS_MAX },
      );
      this.#recordCount += batch.length;
    }
  }

  async #read(topic: string): Promise<KeptState> {
    const state = new KeptState();
    const stream = this.topology.names.controlStream;
    if (!(await this.client.topics.get(stream, topic))) return state;
    const consumer = { kind: "consumer", id: `${this.topology.names.exchange}-data-service` } as const;
    for (let offset = 0, count = 1; count > 0; ) {
      const polled = await this.client.poll({
        stream,
        topic,
        partitionId: 0,
        consumer,
        strategy: { kind: "offset", value: offset },
        count: POLL_COUNT_MAX,
      });
      for (count = 0; polled.next(); count++) {
        offset = polled.offset + 1;
        const record = decodeStateRecord(polled.view, polled.payloadStart, polled.payloadLength);
        if (record) state.apply(record);
        else this.log.warn("kept-record", "a record of the kept state cannot be read", () => ({ topic }));
      }
    }
    return state;
  }
}
