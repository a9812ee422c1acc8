import {
  COMMANDS,
  type Identifier,
  IggyErrorCode,
  type Option,
  type TopicDetails,
  type TopicRecord,
  topicOptions,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";
import type { NewTopic, TopicChange } from "./client-requests.js";
import { ensure } from "./ensure.js";

/** Topics of a stream: `client.topics`. Missing ones are `null` on reads and refused with 1009 or 2010 on changes. */
export class Topics {
  constructor(private readonly requests: RequestRunner) {}

  /** Refused with 2013 when the name is taken; see {@link ensure}. */
  create(stream: Identifier, topic: NewTopic, options?: CallOptions): Promise<TopicDetails> {
    const { name, partitionCount } = topic;
    const request = { stream, name, partitionCount, options: wireOptions(topic) };
    return this.requests.call(COMMANDS.createTopic, request, options);
  }

  /** The topic of this name, created if it is missing. An existing topic is returned as it is, whatever its settings. */
  ensure(stream: Identifier, topic: NewTopic, options?: CallOptions): Promise<TopicDetails> {
    return ensure(
      () => this.get(stream, topic.name, options),
      () => this.create(stream, topic, options),
      IggyErrorCode.TopicNameAlreadyExists,
    );
  }

  get(stream: Identifier, topic: Identifier, options?: CallOptions): Promise<TopicDetails | null> {
    return this.requests.call(COMMANDS.getTopic, { stream, topic }, options);
  }

  /** All topics of a stream; none where the stream is missing. */
  list(stream: Identifier, options?: CallOptions): Promise<readonly TopicRecord[]> {
    return this.requests.call(COMMANDS.getTopics, { stream }, options);
  }

  /**
   * Changes name and settings. Only compression, message expiry and maximum size can change, other options are refused
   * with 4041; settings that are left out stay as they are.
   */
  async update(
    stream: Identifier,
    topic: Identifier,
    change: TopicChange,
    options?: CallOptions,
  ): Promise<void> {
    const request = { stream, topic, name: change.name, options: wireOptions(change) };
    await this.requests.call(COMMANDS.updateTopic, request, options);
  }

  /** Removes it with its messages, groups and offsets; its id may be given to another topic. */
  async delete(stream: Identifier, topic: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deleteTopic, { stream, topic }, options);
  }

  /** Empties it: offsets begin at 0 again, stored offsets are gone, consumer groups stay. */
  async purge(stream: Identifier, topic: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.purgeTopic, { stream, topic }, options);
  }
}

function wireOptions({ options, otherOptions }: Pick<NewTopic, "options" | "otherOptions">): Option[] {
  return [...topicOptions(options ?? {}), ...(otherOptions ?? [])];
}
