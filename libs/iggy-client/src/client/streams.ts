import {
  COMMANDS,
  type Identifier,
  IggyErrorCode,
  type StreamDetails,
  type StreamRecord,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";
import { ensure } from "./ensure.js";

/** Streams: `client.streams`. Missing ones are `null` on reads and refused with 1009 on changes. */
export class Streams {
  constructor(private readonly requests: RequestRunner) {}

  /** Refused with 1012 when the name is taken; see {@link ensure}. @param name 1 to 255 bytes */
  create(name: string, options?: CallOptions): Promise<StreamDetails> {
    return this.requests.call(COMMANDS.createStream, { name, options: [] }, options);
  }

  /** The stream of this name, created if it is missing; safe when several clients do so at once. */
  ensure(name: string, options?: CallOptions): Promise<StreamDetails> {
    return ensure(
      () => this.get(name, options),
      () => this.create(name, options),
      IggyErrorCode.StreamNameAlreadyExists,
    );
  }

  get(stream: Identifier, options?: CallOptions): Promise<StreamDetails | null> {
    return this.requests.call(COMMANDS.getStream, { stream }, options);
  }

  /** All streams, by id. */
  list(options?: CallOptions): Promise<readonly StreamRecord[]> {
    return this.requests.call(COMMANDS.getStreams, undefined, options);
  }

  /** Gives it another name; the id stays. */
  async rename(stream: Identifier, name: string, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.updateStream, { stream, name, options: [] }, options);
  }

  /** Removes it with everything in it; its id may be given to another stream. */
  async delete(stream: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deleteStream, { stream }, options);
  }

  /** Empties every topic: offsets begin at 0 again, stored offsets are gone, consumer groups stay. */
  async purge(stream: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.purgeStream, { stream }, options);
  }
}
