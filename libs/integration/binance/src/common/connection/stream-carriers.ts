import type { Clock } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";

/** A stream of the venue and where it is served. */
export interface VenueStream {
  readonly stream: string;
  /** In front of `/stream`. */
  readonly path: string;
}

/** What is asked for: the stream of one symbol, and the one of all symbols with the same records, if there is one. */
export interface CarriedFeed extends VenueStream {
  readonly all?: VenueStream | undefined;
}

/** The part of `StreamHub` that is needed here. */
export interface StreamPlaces {
  subscribe(stream: string, path: string): void;
  unsubscribe(stream: string): void;
  restart(stream: string, elsewhere: boolean): void;
  isAcknowledged(stream: string): boolean;
  isShared(stream: string): boolean;
}

export interface StreamCarriersOptions {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  readonly places: StreamPlaces;
  /** From so many symbols on one stream of all symbols takes over; below half of it the single ones do again. */
  readonly allSymbolsFrom: number;
  /** Whether the feed of this single stream has had a record lately. */
  readonly isFlowing: (stream: string) => boolean;
  /** As those of `StreamHub`, by the names of single streams. */
  readonly onAcknowledged: (streams: readonly string[]) => void;
  readonly onRefused: (stream: string, reason: string) => void;
  readonly onStreamsDown: (streams: readonly string[]) => void;
}

interface Group {
  readonly all: VenueStream;
  readonly members: Map<string, VenueStream>;
  /** Members that have their own stream although the one of all symbols carries the others. */
  readonly alone: Set<string>;
  wantsAll: boolean;
  refused: boolean;
  restartedAtMillis: number;
  /** Restarts of which each followed soon on the one before it. */
  restartCount: number;
}

/** Feeds of one group that are restarted within so long mean one restart. */
const ONE_RESTART_MILLIS = 2000;
/** A stream of all symbols that is restarted again within so long, and so often, is given up. */
const RESTART_AGAIN_MILLIS = 60_000;
const RESTARTS_MAX = 2;

/**
 * Decides by the number of symbols whether each has a stream of its own or one stream of all symbols carries them. The
 * other kind is let go only when the new one is acknowledged; meanwhile records come twice, which the joins behind the
 * decoders drop. Everybody else knows feeds by the names of single streams.
 */
export class StreamCarriers {
  readonly #options: StreamCarriersOptions;
  readonly #groups = new Map<string, Group>();
  /** By the names of single streams. */
  readonly #groupOf = new Map<string, Group>();

  constructor(options: StreamCarriersOptions) {
    this.#options = options;
  }

  subscribe(feeds: readonly CarriedFeed[]): void {
    const { onAcknowledged, places } = this.#options;
    const touched = new Set<Group>();
    for (const { all, path, stream } of feeds) {
      if (!all) {
        places.subscribe(stream, path);
        continue;
      }
      const group = this.#group(all);
      group.members.set(stream, { stream, path });
      this.#groupOf.set(stream, group);
      touched.add(group);
    }
    for (const group of touched) {
      this.#arrange(group);
      if (group.wantsAll && places.isAcknowledged(group.all.stream)) onAcknowledged(this.#carriedBy(group));
    }
  }

  unsubscribe(stream: string): void {
    this.#options.places.unsubscribe(stream);
    const group = this.#groupOf.get(stream);
    if (!group) return;
    this.#groupOf.delete(stream);
    group.members.delete(stream);
    group.alone.delete(stream);
    this.#arrange(group);
  }

  /**
   * Asks for a silent feed again. Where the stream of all symbols brings the records of others, this symbol gets its
   * own; where it brings none, it is asked for again itself, and given up if that does not help.
   */
  restart(stream: string, elsewhere: boolean): void {
    const { clock, isFlowing, places } = this.#options;
    const group = this.#groupOf.get(stream);
    if (!group?.wantsAll || group.alone.has(stream)) {
      places.restart(stream, elsewhere);
      return;
    }
    if ([...group.members.keys()].some((other) => other !== stream && isFlowing(other))) {
      group.alone.add(stream);
      places.subscribe(stream, group.members.get(stream)!.path);
      return;
    }
    const nowMillis = clock.monotonicMillis();
    const sinceMillis = nowMillis - group.restartedAtMillis;
    if (sinceMillis < ONE_RESTART_MILLIS) return;
    group.restartedAtMillis = nowMillis;
    group.restartCount = sinceMillis < RESTART_AGAIN_MILLIS ? group.restartCount + 1 : 1;
    if (group.restartCount > RESTARTS_MAX) this.#giveUp(group, "it was acknowledged and stays silent");
    else places.restart(group.all.stream, elsewhere);
  }

  isAcknowledged(stream: string): boolean {
    const { places } = this.#options;
    const group = this.#groupOf.get(stream);
    return places.isAcknowledged(stream) || (group !== undefined && places.isAcknowledged(group.all.stream));
  }

  /** Whether records of the feed come over more than one connection now. */
  isShared(stream: string): boolean {
    return this.#options.places.isShared(stream);
  }

  /** The venue took these streams. */
  acknowledged(streams: readonly string[]): void {
    const names: string[] = [];
    const touched = new Set<Group>();
    for (const stream of streams) {
      const carried = this.#groups.get(stream);
      if (carried) names.push(...this.#carriedBy(carried));
      else names.push(stream);
      const group = carried ?? this.#groupOf.get(stream);
      if (group) touched.add(group);
    }
    for (const group of touched) this.#arrange(group);
    if (names.length > 0) this.#options.onAcknowledged(names);
  }

  /** The venue does not give this stream; without one of all symbols each gets its own. */
  refused(stream: string, reason: string): void {
    const group = this.#groups.get(stream);
    if (!group) {
      this.#options.onRefused(stream, reason);
      return;
    }
    this.#giveUp(group, `the venue refuses it: ${reason}`);
  }

  /** These streams are on no connection now. */
  down(streams: readonly string[]): void {
    const names = streams.flatMap((stream) => {
      const group = this.#groups.get(stream);
      return group ? this.#carriedBy(group) : [stream];
    });
    const lost = names.filter((name) => !this.isAcknowledged(name));
    if (lost.length > 0) this.#options.onStreamsDown(lost);
  }

  #group(all: VenueStream): Group {
    let group = this.#groups.get(all.stream);
    if (!group) {
      group = {
        all,
        members: new Map(),
        alone: new Set(),
        wantsAll: false,
        refused: false,
        restartedAtMillis: Number.NEGATIVE_INFINITY,
        restartCount: 0,
      };
      this.#groups.set(all.stream, group);
    }
    return group;
  }

  #giveUp(group: Group, reason: string): void {
    const { stream } = group.all;
    this.#options.logger.warn({ stream, reason }, "a stream of all symbols is of no use: each gets its own");
    group.refused = true;
    this.#arrange(group);
  }

  #carriedBy({ alone, members }: Group): string[] {
    return [...members.keys()].filter((stream) => !alone.has(stream));
  }

  /** Brings what is subscribed nearer to what should be; called again with every acknowledgement. */
  #arrange(group: Group): void {
    const { allSymbolsFrom, places } = this.#options;
    const { all, members } = group;
    const before = group.wantsAll;
    const least = before ? allSymbolsFrom / 2 : allSymbolsFrom;
    group.wantsAll = !group.refused && members.size >= least && members.size > 0;
    if (group.wantsAll) {
      if (!before) places.subscribe(all.stream, all.path);
      if (!places.isAcknowledged(all.stream)) return;
      const carried = this.#carriedBy(group);
      for (const stream of carried) places.unsubscribe(stream);
      return;
    }
    if (before) group.alone.clear();
    for (const { path, stream } of members.values()) places.subscribe(stream, path);
    const stand = [...members.keys()].every((stream) => places.isAcknowledged(stream));
    if (stand || group.refused) places.unsubscribe(all.stream);
  }
}
