import { fail } from "../errors/client-errors.js";
import type { MarketMessage, MarketMessageType } from "../records/market-message.js";
import type { FlyweightListener, RecordFlyweights, RecordPlace } from "../records/record-flyweights.js";
import { MessageQueue, type MessageQueueOptions } from "./message-queue.js";
import type { SlowConsumerPolicy } from "./slow-consumer.js";

/** One encoded record, SBE header first, at `view[offset, offset + length)`. Valid only during the call. */
export type RecordListener = (templateId: number, view: DataView, offset: number, length: number) => void;

/** One message of a type. */
export type MessageListener<Type extends MarketMessageType> = (
  message: Extract<MarketMessage, { type: Type }>,
) => void;

/** The record that a reader has before it, encoded and, on request, decoded. */
export interface CurrentRecord extends RecordPlace {
  readonly type: MarketMessageType;
  readonly templateId: number;
  readonly view: DataView;
  readonly start: number;
  readonly length: number;
  /** Its decoder. */
  readonly flyweight: RecordFlyweights[MarketMessageType];
  message(): MarketMessage;
}

/** An iteration is full: what it does about it, and of what types it is. */
export interface SlowIteration {
  readonly policy: SlowConsumerPolicy;
  readonly types: readonly MarketMessageType[];
  readonly capacity: number;
}

export interface HubListener {
  callbackFailed(error: Error): void;
  slow(iteration: SlowIteration): void;
}

/** A callback for the records or the messages of one type; of undefined, for the records of all. */
interface Callback {
  readonly type: MarketMessageType | undefined;
  onRecord?(record: CurrentRecord): void;
  onMessage?(message: MarketMessage): void;
}

/**
 * Gives every record to every consumer. Readers ask before each record whether it may go out: while nobody wants its
 * type, or one consumer's queue is full, they wait and the data stays in the broker.
 */
export class MessageHub {
  readonly #queues = new Set<MessageQueue>();
  readonly #callbacks = new Set<Callback>();
  #waiting: (() => void)[] = [];
  #ending: { readonly failure: { readonly error: unknown } | undefined } | undefined;

  constructor(private readonly listener: HubListener) {}

  /** A new iteration over messages of the given types, from the next record on. */
  open<Type extends MarketMessageType>(
    types: readonly Type[],
    options: MessageQueueOptions,
  ): MessageQueue<Extract<MarketMessage, { type: Type }>> {
    const wanted: ReadonlySet<string> = new Set(types);
    const queue = new MessageQueue((type) => wanted.has(type), options, {
      onRoom: () => this.wake(),
      onFull: (policy) => this.listener.slow({ policy, types, capacity: options.capacity }),
      onClosed: (closed) => {
        this.#queues.delete(closed);
        this.wake();
      },
    });
    this.#queues.add(queue);
    if (this.#ending) queue.end(this.#ending.failure);
    queue.open();
    this.wake();
    // The queue is given only messages of these types, see publish().
    return queue as unknown as MessageQueue<Extract<MarketMessage, { type: Type }>>;
  }

  /** Calls back with the bytes of each record of a subscription; returns a function that ends it. */
  addListener(listener: RecordListener): () => void {
    return this.#addCallback({
      type: undefined,
      onRecord: (record) => listener(record.templateId, record.view, record.start, record.length),
    });
  }

  /** Calls back with the decoder of each record of one type; returns a function that ends it. */
  addFlyweightListener<Type extends MarketMessageType>(
    type: Type,
    listener: FlyweightListener<Type>,
  ): () => void {
    return this.#addCallback({
      type,
      // Readers give a record together with the decoder of its type.
      onRecord: (record) => listener(record.flyweight as RecordFlyweights[Type], record),
    });
  }

  /** Calls back with each message of one type; returns a function that ends it. */
  addMessageListener<Type extends MarketMessageType>(
    type: Type,
    listener: MessageListener<Type>,
  ): () => void {
    return this.#addCallback({
      type,
      // It is called with messages of its type only.
      onMessage: (message) => listener(message as Extract<MarketMessage, { type: Type }>),
    });
  }

  /** Whether a record of any of these types, of which a partition holds some, may be published now. */
  accepts(types: readonly MarketMessageType[]): boolean {
    let wanted = false;
    for (const { type } of this.#callbacks) {
      if (type === undefined || types.includes(type)) wanted = true;
    }
    for (const queue of this.#queues) {
      if (!wantsOneOf(queue, types)) continue;
      if (!queue.hasRoom) return false;
      wanted = true;
    }
    return wanted;
  }

  /** Resolves at the next change of what {@link accepts} says; callers look again. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets all waiting readers look again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Hands out one record; its message is made once, and only if somebody wants it. */
  publish(record: CurrentRecord): void {
    let message: MarketMessage | undefined;
    for (const callback of this.#callbacks) {
      if (callback.type !== undefined && callback.type !== record.type) continue;
      if (callback.onMessage) message ??= record.message();
      this.#call(callback, record, message);
    }
    for (const queue of this.#queues) {
      if (!queue.wants(record.type)) continue;
      message ??= record.message();
      queue.push(message);
    }
  }

  /** Hands out a message that has no record: callbacks for records do not get it. */
  publishMessage(message: MarketMessage): void {
    for (const callback of this.#callbacks) {
      if (callback.type === message.type) this.#call(callback, undefined, message);
    }
    for (const queue of this.#queues) if (queue.wants(message.type)) queue.push(message);
  }

  /** All iterations end after what they hold, with the error if one is given; later ones end at once. */
  end(failure?: { readonly error: unknown }): void {
    this.#ending = { failure };
    for (const queue of [...this.#queues]) queue.end(failure);
    this.wake();
  }

  /** A callback that throws is told, and keeps nobody else from the record. */
  #call(callback: Callback, record: CurrentRecord | undefined, message: MarketMessage | undefined): void {
    try {
      if (record) callback.onRecord?.(record);
      if (message) callback.onMessage?.(message);
    } catch (error) {
      const { type } = record ?? message!;
      const failure = fail("client.callback-failed", `A callback for records of type ${type} threw`, {
        cause: error,
        context: { type },
      });
      this.listener.callbackFailed(failure);
    }
  }

  #addCallback(callback: Callback): () => void {
    this.#callbacks.add(callback);
    this.wake();
    return () => {
      this.#callbacks.delete(callback);
      this.wake();
    };
  }
}

function wantsOneOf(queue: MessageQueue, types: readonly MarketMessageType[]): boolean {
  for (const type of types) if (queue.wants(type)) return true;
  return false;
}
