import { Char, type FeedIndex, NOWHERE, type OpenFeed } from "@ims/integration-kit";
import type { DeribitFeed } from "../feeds/deribit-feed.js";
import { NotificationHead } from "./notification-head.js";
import { Walkers } from "./walkers.js";

interface WalkedFeed {
  readonly feed: OpenFeed;
  readonly handler: DeribitFeed;
}

/**
 * Reads the notifications of one connection as bytes, those of the usual shape: no spaces, keys of the frame in their
 * usual order, keys of its data in any. Whatever else comes is for the JSON reader, which makes the same of a frame
 * that is read here.
 */
export class FrameWalker {
  readonly walkers = new Walkers();
  readonly #head = new NotificationHead();
  readonly #feeds: FeedIndex<DeribitFeed>;

  constructor(feeds: FeedIndex<DeribitFeed>) {
    this.#feeds = feeds;
  }

  /** The feed whose `walked` has to be called now; undefined, with nothing done, for what has to be read as JSON. */
  walk(bytes: Uint8Array, receiveMicros: number): WalkedFeed | undefined {
    const { frame } = this.walkers;
    // No other byte at the beginning could be taken for one behind it: see NOWHERE.
    if (bytes[0] !== Char.OpenBrace || !frame.take(bytes)) return undefined;
    const channel = this.#head.read(frame);
    const open = channel === undefined ? undefined : this.#feeds.find(channel);
    if (open?.handler.walk === undefined) return undefined;
    const end = open.handler.walk(this.walkers, this.#head.dataStart, receiveMicros);
    return end !== NOWHERE && this.#head.endsAt(frame, end) ? open : undefined;
  }
}
