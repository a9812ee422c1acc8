import type { Feed } from "../subscriptions/feed.js";
import type { ControlReply } from "./control-reply.js";

/**
 * What one request came to. The reply is completed after the decision (offsets, a venue that refused), so a session
 * keeps this object: a repeated request gets the completed reply.
 */
export interface Answer {
  reply: ControlReply;
  /** Feeds that the request asked for. */
  readonly asked: readonly Feed[];
  /** Those of them that the client did not have before: taken back if the request cannot be carried out. */
  readonly added: readonly Feed[];
  /** Whether offsets are filled in and the venue was asked; a completed answer is only sent again. */
  isComplete: boolean;
}
