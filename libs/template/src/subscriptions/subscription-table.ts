import type { Delivery } from "@ims/common";
import { Lifecycle, scoped } from "tsyringe";
import type { SchemaGeneration } from "../control/control-request.js";
import { type Feed, feedKey } from "./feed.js";

/** One client's share in a feed. */
export interface Subscription {
  readonly clientId: number;
  readonly feed: Feed;
  readonly delivery: Delivery;
  readonly generation: SchemaGeneration;
}

/** Told of every subscription that begins, changes its delivery, or ends. */
export type SubscriptionListener = (subscription: Subscription, isOn: boolean) => void;

/**
 * The subscriber that stands for the service's own configuration. Client ids below 100 cannot log in, so nobody can
 * stop its feeds.
 */
export const CONFIGURATION_CLIENT_ID = 0;

interface FeedEntry {
  readonly feed: Feed;
  readonly subscribers: Map<number, Subscription>;
}

/**
 * Who reads what. A feed is wanted while it has at least one subscriber, so one client's stop never ends another's
 * data. Holds no venue and no clock: callers compare {@link wantedFeeds} with what runs.
 */
@scoped(Lifecycle.ContainerScoped)
export class SubscriptionTable {
  readonly #feeds = new Map<string, FeedEntry>();
  readonly #byClient = new Map<number, Map<string, Feed>>();
  readonly #changed = new Map<string, Feed>();
  #listener: SubscriptionListener = () => {};

  set listener(listener: SubscriptionListener) {
    this.#listener = listener;
  }

  /** Adds a subscription or changes its delivery; the same one again changes nothing. */
  add(subscription: Subscription): void {
    const { clientId, feed } = subscription;
    const key = feedKey(feed);
    let entry = this.#feeds.get(key);
    if (!entry) {
      entry = { feed, subscribers: new Map() };
      this.#feeds.set(key, entry);
    }
    const previous = entry.subscribers.get(clientId);
    if (previous?.delivery === subscription.delivery) return;
    entry.subscribers.set(clientId, subscription);
    let own = this.#byClient.get(clientId);
    if (!own) {
      own = new Map();
      this.#byClient.set(clientId, own);
    }
    own.set(key, feed);
    this.#changed.set(key, feed);
    this.#listener(subscription, true);
  }

  /** Ends one subscription; false when there was none. */
  remove(clientId: number, feed: Feed): boolean {
    const key = feedKey(feed);
    const entry = this.#feeds.get(key);
    const subscription = entry?.subscribers.get(clientId);
    if (!entry || !subscription) return false;
    entry.subscribers.delete(clientId);
    if (entry.subscribers.size === 0) this.#feeds.delete(key);
    const own = this.#byClient.get(clientId)!;
    own.delete(key);
    if (own.size === 0) this.#byClient.delete(clientId);
    this.#changed.set(key, feed);
    this.#listener(subscription, false);
    return true;
  }

  /** Ends everything of one client; returns how many subscriptions that were. */
  removeAllOf(clientId: number): number {
    const own = this.feedsOf(clientId);
    for (const feed of own) this.remove(clientId, feed);
    return own.length;
  }

  has(clientId: number, feed: Feed): boolean {
    return this.#byClient.get(clientId)?.has(feedKey(feed)) ?? false;
  }

  feedsOf(clientId: number): Feed[] {
    return [...(this.#byClient.get(clientId)?.values() ?? [])];
  }

  countOf(clientId: number): number {
    return this.#byClient.get(clientId)?.size ?? 0;
  }

  /** Feeds that somebody wants. */
  wantedFeeds(): Feed[] {
    return [...this.#feeds.values()].map((entry) => entry.feed);
  }

  isWanted(feed: Feed): boolean {
    return this.#feeds.has(feedKey(feed));
  }

  subscribersOf(feed: Feed): Subscription[] {
    return [...(this.#feeds.get(feedKey(feed))?.subscribers.values() ?? [])];
  }

  /** Every subscription of every client. */
  *all(): Generator<Subscription, void, undefined> {
    for (const { subscribers } of this.#feeds.values()) yield* subscribers.values();
  }

  /** All subscriptions of all clients. */
  get subscriptionCount(): number {
    let count = 0;
    for (const own of this.#byClient.values()) count += own.size;
    return count;
  }

  get hasChangedFeeds(): boolean {
    return this.#changed.size > 0;
  }

  /** Feeds whose subscribers or deliveries changed since the last call. */
  takeChangedFeeds(): Feed[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return changed;
  }
}
