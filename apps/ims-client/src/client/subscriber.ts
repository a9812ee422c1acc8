import { type ImsError, isImsError, timeResolutionText } from "@ims/common";
import type { StartAccepted } from "../control/reply.js";
import type { Delivery, Subscription, SubscriptionKey } from "../delivery/delivery.js";
import { firstOffsetOf, type StartFrom } from "../delivery/start-from.js";
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
    await this.delivery.prepare();
    try {
      return await inParallel(keys, async (key) => {
        const running = this.delivery.find(key);
        if (running) return running;
        const reply = await this.session.request({ kind: "start", ...key });
        if (reply.kind !== "start-accepted") throw new Error(`A start was answered with ${reply.kind}`);
        started.push(key);
        return this.delivery.start(key, reply, await this.#firstOffset(key, reply, from));
      });
    } catch (error) {
      // The first error counts; a stop that fails too ends with the session.
      await this.stop(started).catch(() => undefined);
      throw error;
    }
  }

  #firstOffset({ symbol }: SubscriptionKey, reply: StartAccepted, from: StartFrom): Promise<number> {
    const { place, firstOffset, resolution } = reply;
    const feed = { data: place.topic, symbol, resolution: timeResolutionText(resolution), place };
    return firstOffsetOf(this.transport, { ...feed, endOffset: firstOffset }, from);
  }

  /** Returns how many subscriptions the service ended. */
  async stop(keys: readonly SubscriptionKey[]): Promise<number> {
    const counts = await inParallel(keys, async (key) => {
      const reply = await this.session.request({ kind: "stop", ...key });
      this.delivery.stop(key);
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
        if (reply) this.delivery.start(key, reply);
      } catch (error) {
        if (!isImsError(error, "client.refused") || this.session.isForgotten(error)) throw error;
        this.delivery.stop(key);
        this.onDropped(error);
      }
    });
  }
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
