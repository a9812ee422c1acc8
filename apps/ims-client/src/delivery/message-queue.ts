import { fail } from "../errors/client-errors.js";
import type { MarketMessage } from "../records/market-message.js";
import { type SkippedMessage, SkippedMessages } from "./skipped-messages.js";
import { conflate, type SlowConsumerPolicy } from "./slow-consumer.js";

/** A queue that was full has room again when it is no fuller than this share, so that readers work in runs. */
const ROOM_SHARE = 0.75;
/** Conflation that leaves more than this share is not worth repeating: the queue blocks until there is room. */
const CONFLATED_SHARE = 0.5;

export interface MessageQueueOptions {
  /** Messages held at most. */
  readonly capacity: number;
  /** What happens when it holds as many; `block` if absent. */
  readonly policy?: SlowConsumerPolicy | undefined;
  /** Ends the iteration at once; messages still queued are dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** What a queue tells the hub. */
export interface QueueListener {
  /** There is room again after the queue was full. */
  onRoom(): void;
  /** It became full; once until it was empty. */
  onFull(policy: SlowConsumerPolicy): void;
  /** No further message can be taken; called once. */
  onClosed(queue: MessageQueue): void;
}

/** What stands between the readers and one `for await` loop: first in, first out, of bounded length. */
export class MessageQueue<Message extends MarketMessage = MarketMessage>
  implements AsyncIterableIterator<Message>
{
  #messages: (Message | undefined)[] = [];
  #head = 0;
  #waiting: ((result: IteratorResult<Message, undefined>) => void)[] = [];
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  /** From the moment when it is full until it is no fuller than {@link ROOM_SHARE}. */
  #isFull = false;
  /** It was told that it is full. */
  #isTold = false;
  readonly #skipped = new SkippedMessages();
  readonly #onAbort = () => void this.return();

  constructor(
    readonly wants: (type: MarketMessage["type"]) => boolean,
    private readonly options: MessageQueueOptions,
    private readonly listener: QueueListener,
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

  /** Whether readers may go on; while they may not, the data waits in the broker. */
  get hasRoom(): boolean {
    if (this.#policy === "skip" || this.#policy === "disconnect") return true;
    return this.length < this.options.capacity && !(this.#isFull && this.#policy === "conflate");
  }

  /** The caller has looked at {@link hasRoom}. */
  push(message: Message): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting({ done: false, value: message });
      return;
    }
    if (this.#isFull && this.#policy === "skip") {
      this.#skipped.add(message);
      return;
    }
    this.#addNotice();
    this.#messages.push(message);
    if (this.length >= this.options.capacity) this.#full();
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#head < this.#messages.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#skipped.count > 0) return Promise.resolve({ done: false, value: this.#notice() });
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
    if (this.#skipped.count > 0) this.#skipped.take();
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
    this.listener.onClosed(this as unknown as MessageQueue);
  }

  get #policy(): SlowConsumerPolicy {
    return this.options.policy ?? "block";
  }

  /** Holds as many messages as it may. */
  #full(): void {
    const { capacity } = this.options;
    this.#isFull = true;
    if (!this.#isTold) this.listener.onFull(this.#policy);
    this.#isTold = true;
    if (this.#policy === "conflate") {
      this.#messages = conflate(this.#messages, this.#head);
      this.#head = 0;
      if (this.length <= capacity * CONFLATED_SHARE) this.#isFull = false;
    } else if (this.#policy === "disconnect") {
      const error = fail(
        "client.too-slow",
        `An iteration did not take its messages: ${capacity} were waiting, and it was to end then`,
        { context: { capacity } },
      );
      this.end({ error });
    }
  }

  /** Puts the notice of what was skipped in front of what comes next. */
  #addNotice(): void {
    if (this.#skipped.count > 0) this.#messages.push(this.#notice());
  }

  #notice(): Message {
    const notice: SkippedMessage = this.#skipped.take();
    // Only iterations that ask for `skip` get notices, and their type says so: see Iteration.
    return notice as unknown as Message;
  }

  #take(): Message {
    const message = this.#messages[this.#head]!;
    this.#messages[this.#head++] = undefined;
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0;
      this.#head = 0;
      this.#isTold = false;
    } else if (this.#head > 1024 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    if (this.#isFull && this.length <= this.options.capacity * ROOM_SHARE) {
      this.#isFull = false;
      this.listener.onRoom();
    }
    return message;
  }
}
