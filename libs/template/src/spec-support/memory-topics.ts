import type { Clock } from "@ims/common";
import type { IggyClient, SendRequest } from "@ims/iggy-client";

export type SendFault = "ok" | "refused" | "lost-reply" | "twice";

interface StoredMessage {
  readonly payload: Uint8Array;
  readonly micros: number;
}

/** Topics of one partition in memory that refuse, or store and then fail, when told to. */
export class MemoryTopics {
  readonly stored = new Map<string, StoredMessage[]>();
  /** What happens to the next sends, in order; none left: they succeed. */
  faults: SendFault[] = [];

  constructor(private readonly clock: Clock) {}

  append(topic: string, payload: Uint8Array): void {
    const messages = this.stored.get(topic) ?? [];
    messages.push({ payload, micros: this.clock.nowMicros() });
    this.stored.set(topic, messages);
  }

  /** The part of the broker's client that works on it; the stream plays no part. */
  get client(): Pick<IggyClient, "topics" | "poll" | "sendMessages"> {
    return {
      topics: {
        get: async (_: string, topic: string) => (this.stored.has(topic) ? {} : null),
        ensure: async (_: string, { name }: { name: string }) => {
          if (!this.stored.has(name)) this.stored.set(name, []);
          return {};
        },
        purge: async (_: string, topic: string) => {
          if (this.faults[0] === "refused") throw new Error("refused");
          this.stored.get(topic)?.splice(0);
        },
      },
      sendMessages: async ({ topic, messages }: SendRequest) => {
        const fault = this.faults.shift() ?? "ok";
        if (fault === "refused") throw new Error("refused");
        for (let copy = 0; copy < (fault === "twice" ? 2 : 1); copy++) {
          for (const { payload } of messages) this.append(String(topic), payload);
        }
        if (fault === "lost-reply") throw new Error("no reply");
        return [];
      },
      poll: async ({ topic, strategy, count }: Parameters<IggyClient["poll"]>[0]) => {
        const messages = this.stored.get(String(topic)) ?? [];
        if (strategy.kind !== "offset" && strategy.kind !== "timestamp") throw new Error(strategy.kind);
        const wanted = Number(strategy.value);
        const later = messages.findIndex(({ micros }) => micros >= wanted);
        const firstByTime = later < 0 ? messages.length : later;
        const first = strategy.kind === "offset" ? wanted : firstByTime;
        return polled(messages.slice(first, first + count), first);
      },
    } as unknown as Pick<IggyClient, "topics" | "poll" | "sendMessages">;
  }
}

function polled(messages: readonly StoredMessage[], firstOffset: number) {
  let at = -1;
  return {
    next: () => ++at < messages.length,
    get offset() {
      return firstOffset + at;
    },
    get timestampMicros() {
      return messages[at]!.micros;
    },
    get view() {
      const { buffer, byteOffset, byteLength } = messages[at]!.payload;
      return new DataView(buffer, byteOffset, byteLength);
    },
    payloadStart: 0,
    get payloadLength() {
      return messages[at]!.payload.length;
    },
  };
}
