import type { MarketMessage } from "../records/market-message.js";

/** Room is announced when the queue is no fuller than this share of its capacity, so that readers work in runs. */
const ROOM_SHARE = 0.75;

export interface MessageQueueOptions {
  /** Messages held at most; a full queue stops the readers. */
  readonly capacity: number;
  /** Ends the iteration at once; messages still queued are dropped. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What stands between the readers and one `for await` loop: first in, first out, of bounded length. A full queue
 * stops the readers (the block policy): nothing is dropped, the data waits in the broker.
 */
export class MessageQueue<Message extends MarketMessage = MarketMessage>
  implements AsyncIterableIterator<Message>
{
  #messages: (Message | undefined)[] = [];
  #head = 0;
  #waiting: ((result: IteratorResult<Message, undefined>) => void)[] = [];
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  #wasFull = false;
  readonly #onAbort = () => void this.return();

  constructor(
    readonly wants: (type: MarketMessage["type"]) => boolean,
    private readonly options: MessageQueueOptions,
    /** Called when there is room again after the queue was full. */
    private readonly onRoom: () => void,
    /** Called once, when no further message can be taken. */
    private readonly onClosed: (queue: MessageQueue<Message>) => void,
  ) {}

  /** Begins to follow the signal; apart from the constructor because it may call back at once. */
  open(): this {
    const { signal } = this.options;
    if (signal?.aborted) void this.return();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    return this;
  }

  get length(): number {
    return this.#messages.length - this.#head;
  }

  get hasRoom(): boolean {
    return this.length < this.options.capacity;
  }

  /** The caller has looked at {@link hasRoom}. */
  push(message: Message): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting({ done: false, value: message });
      return;
    }
    this.#messages.push(message);
    if (!this.hasRoom) this.#wasFull = true;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#head < this.#messages.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the iteration from the consumer's side; what is queued is dropped. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.#messages = [];
    this.#head = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** No more messages come: the iteration ends after what is queued, with `error` if one is given. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.options.signal?.removeEventListener("abort", this.#onAbort);
    const waiting = this.#waiting;
    this.#waiting = [];
    // A waiting consumer means an empty queue: the failure goes to it, through another call of next().
    this.#failure = failure;
    for (const resolve of waiting) resolve(this.next() as never);
    this.onClosed(this);
  }

  #take(): Message {
    const message = this.#messages[this.#head]!;
    this.#messages[this.#head++] = undefined;
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0;
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    if (this.#wasFull && this.length <= this.options.capacity * ROOM_SHARE) {
      this.#wasFull = false;
      this.onRoom();
    }
    return message;
  }
}
