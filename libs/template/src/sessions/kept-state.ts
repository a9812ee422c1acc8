import { SnapshotMark, StateChange } from "@ims/common";
import { feedKey } from "../subscriptions/feed.js";
import { CONFIGURATION_CLIENT_ID, type Subscription } from "../subscriptions/subscription-table.js";
import type { KeptSession, StateRecord } from "./state-record.js";

export type KeptSubscription = Omit<Subscription, "generation">;

/**
 * The state that the records of one topic come to. Records before the last begin of a snapshot count for nothing; a
 * snapshot that has no end, or not as many sessions and subscriptions as it says, was cut by the end of its writer.
 */
export class KeptState {
  readonly #sessions = new Map<number, KeptSession>();
  readonly #subscriptions = new Map<number, Map<string, KeptSubscription>>();
  #number = -1;
  #isWhole = false;

  /** Of the snapshot that it began with; −1 without one that is whole. */
  get number(): number {
    return this.#isWhole ? this.#number : -1;
  }

  get sessions(): Iterable<KeptSession> {
    return this.#sessions.values();
  }

  /** Also of the service's own configuration, which has no session. */
  subscriptionsOf(clientId: number): readonly KeptSubscription[] {
    return [...(this.#subscriptions.get(clientId)?.values() ?? [])];
  }

  get subscriptionCount(): number {
    let count = 0;
    for (const own of this.#subscriptions.values()) count += own.size;
    return count;
  }

  /** Takes the next record of the topic. One that is stored twice in a row changes nothing the second time. */
  apply(record: StateRecord): void {
    if (record.kind === "snapshot") this.#mark(record);
    else if (record.kind === "session") this.#session(record.change, record.session);
    else this.#subscription(record.change, record.sessionId, record.subscription);
  }

  #mark({ mark, number, sessionCount, subscriptionCount }: Extract<StateRecord, { kind: "snapshot" }>): void {
    if (mark === SnapshotMark.End) {
      const isComplete = this.#sessions.size === sessionCount && this.subscriptionCount === subscriptionCount;
      // The end of a snapshot that was stored twice comes when it is whole already.
      if (number === this.#number && isComplete) this.#isWhole = true;
      return;
    }
    this.#sessions.clear();
    this.#subscriptions.clear();
    this.#number = number;
    this.#isWhole = false;
  }

  #session(change: StateChange, session: KeptSession): void {
    const { clientId } = session.identity;
    const known = this.#sessions.get(clientId);
    if (change === StateChange.Ended) {
      if (known?.sessionId !== session.sessionId) return;
      this.#sessions.delete(clientId);
      this.#subscriptions.delete(clientId);
      return;
    }
    if (known && known.sessionId !== session.sessionId) this.#subscriptions.delete(clientId);
    this.#sessions.set(clientId, session);
  }

  #subscription(change: StateChange, sessionId: bigint, subscription: KeptSubscription): void {
    const { clientId, feed } = subscription;
    const isOwn = clientId === CONFIGURATION_CLIENT_ID;
    if (!isOwn && this.#sessions.get(clientId)?.sessionId !== sessionId) return;
    const own = this.#subscriptions.get(clientId) ?? new Map<string, KeptSubscription>();
    if (change === StateChange.Ended) own.delete(feedKey(feed));
    else own.set(feedKey(feed), subscription);
    if (own.size > 0) this.#subscriptions.set(clientId, own);
    else this.#subscriptions.delete(clientId);
  }
}
