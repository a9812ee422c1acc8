import { VenueBook } from "@ims/book-merge";
import type { BookSource } from "../sources/book-source.js";

/** Told when a book has changed. */
export type BookFollower = () => void;

interface VenueFeed {
  readonly source: BookSource;
  readonly symbol: string;
  readonly book: VenueBook;
  readonly followers: Set<BookFollower>;
}

/**
 * The books of all venues that are followed now. A venue's symbol has one book and one feed, however many canonical
 * symbols it stands in: a mapping may name it under another name than its own.
 */
export class VenueFeeds {
  readonly #feeds = new Map<string, VenueFeed>();

  constructor(
    private readonly sources: ReadonlyMap<string, BookSource>,
    private readonly staleAfterMillis: number,
  ) {}

  /** Feeds that are open. */
  get count(): number {
    return this.#feeds.size;
  }

  /** The book of a venue's symbol, whose feed begins with the first follower; undefined for a venue without a source. */
  follow(venue: string, symbol: string, follower: BookFollower): VenueBook | undefined {
    const key = feedKey(venue, symbol);
    const known = this.#feeds.get(key);
    if (known) {
      known.followers.add(follower);
      return known.book;
    }
    const source = this.sources.get(venue);
    if (!source) return undefined;
    const book = new VenueBook(venue, { staleAfterMillis: this.staleAfterMillis });
    const followers = new Set([follower]);
    this.#feeds.set(key, { source, symbol, book, followers });
    source.follow(symbol, book, () => tell(followers));
    return book;
  }

  /** The feed ends with its last follower. */
  unfollow(venue: string, symbol: string, follower: BookFollower): void {
    const key = feedKey(venue, symbol);
    const feed = this.#feeds.get(key);
    if (!feed?.followers.delete(follower) || feed.followers.size > 0) return;
    this.#feeds.delete(key);
    feed.source.unfollow(symbol);
  }

  /** Takes venues that are silent for too long out of all merges. */
  expire(nowMillis: number): void {
    for (const { book, followers } of this.#feeds.values()) if (book.expire(nowMillis)) tell(followers);
  }
}

function tell(followers: Iterable<BookFollower>): void {
  for (const follower of followers) follower();
}

/** No venue has a slash in its name. */
function feedKey(venue: string, symbol: string): string {
  return `${venue}/${symbol}`;
}
