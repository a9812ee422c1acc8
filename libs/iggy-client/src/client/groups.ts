import {
  COMMANDS,
  type GroupAssignment,
  type GroupDetails,
  type GroupRecord,
  type Identifier,
  IggyErrorCode,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";
import { ensure } from "./ensure.js";

/**
 * Consumer groups of a topic: `client.groups`. A membership belongs to the session: it ends with the connection and is
 * not renewed by itself, which is the work of a consumer.
 */
export class Groups {
  constructor(private readonly requests: RequestRunner) {}

  /** Refused with 5004 when the name is taken; see {@link ensure}. */
  create(stream: Identifier, topic: Identifier, name: string, options?: CallOptions): Promise<GroupDetails> {
    return this.requests.call(COMMANDS.createGroup, { stream, topic, name }, options);
  }

  /** The group of this name, created if it is missing; safe when several clients do so at once. */
  ensure(stream: Identifier, topic: Identifier, name: string, options?: CallOptions): Promise<GroupDetails> {
    return ensure(
      () => this.get(stream, topic, name, options),
      () => this.create(stream, topic, name, options),
      IggyErrorCode.ConsumerGroupNameAlreadyExists,
    );
  }

  /** The group and its members; `null` when there is none. A missing stream or topic is refused with 1009 or 2010. */
  get(
    stream: Identifier,
    topic: Identifier,
    group: Identifier,
    options?: CallOptions,
  ): Promise<GroupDetails | null> {
    return this.requests.call(COMMANDS.getGroup, { stream, topic, group }, options);
  }

  list(stream: Identifier, topic: Identifier, options?: CallOptions): Promise<readonly GroupRecord[]> {
    return this.requests.call(COMMANDS.getGroups, { stream, topic }, options);
  }

  /** Removes it with its offsets; refused with 5000 when there is none. */
  async delete(
    stream: Identifier,
    topic: Identifier,
    group: Identifier,
    options?: CallOptions,
  ): Promise<void> {
    await this.requests.call(COMMANDS.deleteGroup, { stream, topic, group }, options);
  }

  /** Makes this session a member; joining twice is fine. */
  async join(stream: Identifier, topic: Identifier, group: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.joinGroup, { stream, topic, group }, options);
  }

  /** Refused with 5006 when this session is no member. */
  async leave(
    stream: Identifier,
    topic: Identifier,
    group: Identifier,
    options?: CallOptions,
  ): Promise<void> {
    await this.requests.call(COMMANDS.leaveGroup, { stream, topic, group }, options);
  }

  /** The partitions that this session may poll now; `null` when it is no member. */
  sync(
    stream: Identifier,
    topic: Identifier,
    group: Identifier,
    options?: CallOptions,
  ): Promise<GroupAssignment | null> {
    return this.requests.call(COMMANDS.syncGroup, { stream, topic, group }, options);
  }
}
