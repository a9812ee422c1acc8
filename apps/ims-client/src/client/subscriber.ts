import { type ImsError, isImsError, SYMBOLS_PER_REQUEST_MAX, timeResolutionText } from "@ims/common";
import type { StartAccepted } from "../control/reply.js";
import type { Delivery, Subscription, SubscriptionKey } from "../delivery/delivery.js";
import { type FeedStart, StartFinder, type StartFrom } from "../delivery/start-from.js";
import type { ClientSession } from "../session/client-session.js";
import type { ImsTransport } from "../transport/ims-transport.js";

/** Requests of one call that wait for their replies at the same time. */
const IN_FLIGHT_MAX = 64;

/** Starts and stops subscriptions: the requests to the service together with the readers of their data. */
export class Subscriber {
  constructor(
    private readonly transport: ImsTransport,
    private readonly session: ClientSession,
    private readonly delivery: Delivery,
    /** Called for a subscription that the service no longer grants after it was started anew. */
    private readonly onDropped: (error: ImsError) => void,
  ) {}

  /** All or none: if one is refused, those that this call started are stopped again. */
  async start(keys: readonly SubscriptionKey[], from: StartFrom): Promise<readonly Subscription[]> {
    const started: SubscriptionKey[] = [];
    const finder = new StartFinder(this.transport, from);
    await this.delivery.prepare();
    try {
      const missing = keys.filter((key) => !this.delivery.find(key));
      await inParallel(requestGroups(missing), async (group) => {
        const replies = await this.#requestStart(group);
        started.push(...group);
        await inParallel([...group.entries()], async ([index, key]) => {
          const reply = replies[index]!;
          this.delivery.start(key, reply, await finder.firstOffset(feedStart(key, reply)));
        });
      });
      return keys.map((key) => this.delivery.find(key)!);
    } catch (error) {
      // The first error counts; a stop that fails too ends with the session.
      await this.stop(started).catch(() => undefined);
      throw error;
    }
  }

  /** One reply for each key, in their order. */
  async #requestStart(group: KeyGroup): Promise<readonly StartAccepted[]> {
    const [{ dataType, resolution }] = group;
    const symbols = group.map(({ symbol }) => symbol);
    const reply = await this.session.request(
      group.length === 1
        ? { kind: "start", ...group[0] }
        : { kind: "start-many", dataType, resolution, symbols },
    );
    const replies = reply.kind === "start-accepted" ? [reply] : undefined;
    const starts = reply.kind === "start-many-accepted" ? reply.starts : replies;
    if (starts?.length !== group.length) throw new Error(`A start was answered with ${reply.kind}`);
    return starts;
  }

  /** Returns how many subscriptions the service ended. */
  async stop(keys: readonly SubscriptionKey[]): Promise<number> {
    const counts = await inParallel(requestGroups(keys), async (group) => {
      const [{ dataType, resolution }] = group;
      const symbols = group.map(({ symbol }) => symbol);
      const reply = await this.session.request(
        group.length === 1
          ? { kind: "stop", ...group[0] }
          : { kind: "stop-many", dataType, resolution, symbols },
      );
      for (const key of group) this.delivery.stop(key);
      return reply.kind === "request-accepted" ? reply.affectedCount : 0;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async stopAll(): Promise<number> {
    const reply = await this.session.request({ kind: "stop-all" });
    this.delivery.stopAll();
    return reply.kind === "request-accepted" ? reply.affectedCount : 0;
  }

  /** After a new login: asks again for everything that ran. What is refused now is dropped and reported. */
  async restore(): Promise<void> {
    await inParallel(this.delivery.keys, async (key) => {
      try {
        const reply = await this.session.restart({ kind: "start", ...key });
        if (!reply) return;
        const { firstOffset, place } = reply;
        const isBeyond = this.delivery.hasReadBeyond(key, reply);
        const endOffset = isBeyond ? await this.transport.endOffset(place) : firstOffset;
        this.delivery.start(key, reply, firstOffset, endOffset);
      } catch (error) {
        if (!isImsError(error, "client.refused") || this.session.isForgotten(error)) throw error;
        this.delivery.stop(key);
        this.onDropped(error);
      }
    });
  }
}

function feedStart(
  { symbol }: SubscriptionKey,
  { place, firstOffset, resolution }: StartAccepted,
): FeedStart {
  const feed = { data: place.topic, symbol, resolution: timeResolutionText(resolution) };
  return { ...feed, place, endOffset: firstOffset };
}

/** Keys that one request may name: of one kind of data. */
type KeyGroup = [SubscriptionKey, ...SubscriptionKey[]];

/** The keys in as few requests as possible, in their order within each. */
function requestGroups(keys: readonly SubscriptionKey[]): KeyGroup[] {
  const open = new Map<string, KeyGroup>();
  const groups: KeyGroup[] = [];
  for (const key of keys) {
    const kind = `${key.dataType}:${key.resolution}`;
    const group = open.get(kind);
    if (group && group.length < SYMBOLS_PER_REQUEST_MAX) {
      group.push(key);
      continue;
    }
    const first: KeyGroup = [key];
    open.set(kind, first);
    groups.push(first);
  }
  return groups;
}

/** Runs the tasks with at most {@link IN_FLIGHT_MAX} at a time; after a failure no further one begins. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    while (next < items.length && !failure) {
      const at = next++;
      try {
        results[at] = await task(items[at]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT_MAX, items.length) }, work));
  if (failure) throw (failure as { readonly error: unknown }).error;
  return results;
}
