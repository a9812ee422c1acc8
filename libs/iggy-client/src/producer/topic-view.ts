import { type Clock, describeError, type ImsError, type TimerHandle } from "@ims/common";
import { IggyErrorCode } from "@ims/iggy-protocol";
import type { ClientLog } from "../client/client-options.js";
import type { Streams } from "../client/streams.js";
import type { Topics } from "../client/topics.js";
import { refusalCode } from "../errors.js";
import { producerError } from "./producer-errors.js";
import type { TopicProducerOptions } from "./topic-producer-options.js";

/** The part of the client that looks after topics. */
export interface TopicAdministration {
  readonly streams: Pick<Streams, "ensure">;
  readonly topics: Pick<Topics, "get" | "ensure">;
}

/** What a look at the topic found. */
export type TopicState =
  | { readonly kind: "present"; readonly partitionCount: number; readonly created: boolean }
  | { readonly kind: "missing"; readonly error: ImsError }
  /** The look itself failed: nothing is known. */
  | { readonly kind: "unknown"; readonly error: unknown };

export interface ViewDependencies {
  readonly administration: TopicAdministration;
  readonly clock: Clock;
  readonly log?: ClientLog;
}

type ViewOptions = Pick<TopicProducerOptions, "stream" | "topic" | "createStream" | "createTopic">;

/** What a producer knows of its topic; looks when asked to and from time to time, and creates what is missing if it may. */
export class TopicView {
  /** Of the last look that found the topic; 0 before. */
  partitionCount = 0;
  private looking: Promise<TopicState> | undefined;
  private timer: TimerHandle | undefined;
  private stopped = false;

  constructor(
    private readonly options: ViewOptions,
    private readonly dependencies: ViewDependencies,
    private readonly refreshMillis: number,
  ) {}

  get label(): string {
    return `${this.options.stream}/${this.options.topic}`;
  }

  /** Never rejects. One look at a time serves all who ask meanwhile. */
  look(): Promise<TopicState> {
    this.looking ??= this.find()
      .catch((error: unknown): TopicState => ({ kind: "unknown", error }))
      .then((state) => {
        this.looking = undefined;
        this.note(state);
        return state;
      });
    return this.looking;
  }

  /** Looks again and again, until {@link stop}. */
  keepLooking(): void {
    if (this.refreshMillis === 0 || this.stopped) return;
    this.timer = this.dependencies.clock.setTimer(this.refreshMillis, () => {
      void this.look().then(() => this.keepLooking());
    });
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private note(state: TopicState): void {
    const { log } = this.dependencies;
    const topic = this.label;
    if (state.kind === "unknown") {
      log?.debug({ topic, error: describeError(state.error) }, "could not look at a topic");
      return;
    }
    if (state.kind === "missing") {
      log?.warn({ topic }, "the topic of a producer is missing");
      return;
    }
    const { partitionCount, created } = state;
    if (created) log?.warn({ topic, partitionCount }, "created the topic of a producer");
    else if (this.partitionCount !== 0 && partitionCount !== this.partitionCount) {
      log?.info({ topic, partitionCount, before: this.partitionCount }, "a topic has other partitions now");
    }
    this.partitionCount = partitionCount;
  }

  private async find(): Promise<TopicState> {
    const { stream, topic, createStream, createTopic } = this.options;
    const { administration } = this.dependencies;
    const present = await administration.topics.get(stream, topic);
    if (present) return { kind: "present", partitionCount: present.partitionCount, created: false };
    if (createTopic === false) return this.missing("it is not to be created");
    if (typeof topic === "number") return this.missing("what has only a number cannot be created");
    if (typeof stream === "string" && createStream !== false) await administration.streams.ensure(stream);
    const wanted = typeof createTopic === "object" ? createTopic : {};
    try {
      const { partitionCount } = await administration.topics.ensure(stream, {
        name: topic,
        partitionCount: wanted.partitionCount ?? 1,
        options: wanted.options,
      });
      return { kind: "present", partitionCount, created: true };
    } catch (error) {
      if (refusalCode(error) !== IggyErrorCode.StreamIdNotFound) throw error;
      return this.missing("its stream is not there either");
    }
  }

  private missing(why: string): TopicState {
    const error = producerError("iggy-client.topic-missing", `there is no topic ${this.label}, and ${why}`);
    return { kind: "missing", error };
  }
}
