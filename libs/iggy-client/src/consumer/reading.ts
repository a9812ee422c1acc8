import type { ConsumedMessage } from "./consumed-message.js";
import { consumerError } from "./consumer-errors.js";
import type { Delivery } from "./delivery.js";

/** Gets the next thing out of the batch at hand; `undefined` = it is through. */
type Take<Item> = (delivery: Delivery) => Item | undefined;

/**
 * Brings what was fetched to the one who reads: as an iterator or by calling a handler, one reader at a time. Who waits
 * is woken by {@link wake}.
 */
export class Reading {
  private isTaken = false;
  private ended = false;
  private waiting = false;
  private resume: (() => void) | undefined;
  private handling: Promise<unknown> | undefined;

  /** @param onWait called when the application begins to wait for messages */
  constructor(
    private readonly delivery: Delivery,
    private readonly onWait: () => void,
  ) {}

  /** The application waits for messages. */
  get isWaiting(): boolean {
    return this.waiting;
  }

  /** A batch, a failure or another change is there to be looked at. */
  wake(): void {
    this.resume?.();
  }

  /** Ends every iteration and run; resolves when the handler at work is through, whatever comes out. */
  async end(): Promise<void> {
    this.ended = true;
    this.wake();
    await this.handling?.catch(() => {});
  }

  /** An iterator that begins with its first `next` and ends by `return`, an error, or {@link end}. */
  iterate<Item>(take: Take<Item>): AsyncIterableIterator<Item> {
    let leave: (() => void) | undefined;
    let isOver = false;
    let pending: Promise<IteratorResult<Item>> | undefined;
    const over = (): IteratorResult<Item> => {
      isOver = true;
      leave?.();
      leave = undefined;
      this.wake();
      return { done: true, value: undefined };
    };
    const failed = (error: unknown): never => {
      over();
      throw error;
    };
    const wait = async (): Promise<IteratorResult<Item>> => {
      while (!isOver && !this.ended) {
        if (!this.delivery.fill()) await this.readable();
        else {
          const item = take(this.delivery);
          if (item !== undefined) return { done: false, value: item };
        }
      }
      return over();
    };
    const advance = (): Promise<IteratorResult<Item>> | IteratorResult<Item> => {
      if (isOver) return over();
      leave ??= this.enter();
      this.delivery.finish();
      const item = this.delivery.hasBatch && !this.ended ? take(this.delivery) : undefined;
      if (item !== undefined) return { done: false, value: item };
      pending = wait()
        .catch(failed)
        .finally(() => {
          pending = undefined;
        });
      return pending;
    };
    const iterator: AsyncIterableIterator<Item> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => {
        if (pending !== undefined) return pending.then(iterator.next, iterator.next);
        try {
          return Promise.resolve(advance());
        } catch (error) {
          return Promise.reject(error).catch(failed);
        }
      },
      return: () => Promise.resolve(over()),
    };
    return iterator;
  }

  /** See `Consumer.run`. */
  async run(handler: (message: ConsumedMessage) => unknown, signal: AbortSignal | undefined): Promise<void> {
    const { delivery } = this;
    const leave = this.enter();
    const onAbort = () => this.wake();
    signal?.addEventListener("abort", onAbort);
    try {
      delivery.finish();
      while (!this.ended && !signal?.aborted) {
        const message = delivery.hasBatch ? delivery.nextMessage() : undefined;
        if (message) {
          const handled = this.handle(handler, message);
          if (handled !== undefined) await handled;
        } else if (!delivery.fill()) await this.readable();
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      leave();
    }
  }

  /** Returns nothing to await where the handler works at once. */
  private handle(
    handler: (message: ConsumedMessage) => unknown,
    message: ConsumedMessage,
  ): Promise<void> | undefined {
    const { delivery } = this;
    try {
      const result = handler(message);
      if (!isThenable(result)) {
        delivery.finish();
        return undefined;
      }
      const handled = Promise.resolve(result).then(
        () => delivery.finish(),
        (error) => {
          delivery.giveBack();
          throw error;
        },
      );
      this.handling = handled;
      return handled;
    } catch (error) {
      delivery.giveBack();
      throw error;
    }
  }

  private enter(): () => void {
    if (this.ended) throw consumerError("iggy-client.consumer-closed", "the consumer is closed");
    if (this.isTaken) throw consumerError("iggy-client.consumer-busy", "the consumer is being read already");
    this.isTaken = true;
    return () => {
      this.isTaken = false;
    };
  }

  private readable(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = true;
      this.resume = () => {
        this.resume = undefined;
        this.waiting = false;
        resolve();
      };
      this.onWait();
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
