import type { Clock, TimerHandle } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import type { StreamConnection, StreamConnectionEvents } from "./stream-connection.js";

export interface StreamSlotOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  /** Opens one more connection to the slot's address. */
  readonly open: (events: StreamConnectionEvents) => StreamConnection;
  /** Connections that carry the same streams, the first copy of a record counts. */
  readonly redundancy: number;
  /** Age at which the venue ends connections; `Infinity` where it names none. */
  readonly lifeMillis: number;
  readonly onFrameDone: () => void;
  readonly onAcknowledged: (streams: readonly string[]) => void;
  readonly onRefused: (stream: string, reason: string) => void;
  /** No connection carries these streams any more; they will be asked for again. */
  readonly onStreamsDown: (streams: readonly string[]) => void;
}

interface Link {
  readonly connection: StreamConnection;
  /** The one that it replaces, as long as both are up. */
  predecessor: Link | undefined;
  retiring: boolean;
  timer: TimerHandle | undefined;
}

/** A connection is replaced so long before the venue ends it, and up to {@link SPREAD_MILLIS} earlier. */
const LEAD_MILLIS = 3_600_000;
const SPREAD_MILLIS = 1_800_000;
/** Both connections deliver for so long: what the old one still has under way arrives. */
const OVERLAP_MILLIS = 3000;

/**
 * One place of the plan: the connections that carry its streams, usually one. A connection that nears its end is
 * replaced before it ends: the successor comes up beside it and asks for the same streams, both deliver for a while, and
 * then the old one is closed. Records are joined by their ids behind the decoders, so nothing is lost or doubled.
 */
export class StreamSlot {
  readonly #options: StreamSlotOptions;
  readonly #links = new Set<Link>();
  readonly #streams = new Set<string>();
  readonly #closing = new Set<Promise<void>>();
  #paused = false;
  #closed = false;
  #closedReconnectCount = 0;
  handOverCount = 0;

  constructor(options: StreamSlotOptions, paused: boolean) {
    this.#options = options;
    this.#paused = paused;
    for (let index = 0; index < options.redundancy; index++) this.#open(undefined);
  }

  get connectionCount(): number {
    let count = 0;
    for (const { connection } of this.#links) if (connection.isOpen) count++;
    return count;
  }

  /** Whether as many connections are up as there should be. */
  get isOpen(): boolean {
    return this.connectionCount >= this.#options.redundancy;
  }

  get reconnectCount(): number {
    let count = this.#closedReconnectCount;
    for (const { connection } of this.#links) count += connection.reconnectCount;
    return count;
  }

  want(stream: string): void {
    this.#streams.add(stream);
    for (const { connection } of this.#links) connection.want(stream);
  }

  unwant(stream: string): void {
    this.#streams.delete(stream);
    for (const { connection } of this.#links) connection.unwant(stream);
  }

  renew(stream: string): void {
    for (const { connection } of this.#links) connection.renew(stream);
  }

  isAcknowledged(stream: string): boolean {
    return this.#carrierCount(stream) > 0;
  }

  /** Whether records of the stream come over more than one connection now. */
  isShared(stream: string): boolean {
    return this.#carrierCount(stream) > 1;
  }

  mayCarry(stream: string): boolean {
    for (const { connection } of this.#links) if (connection.mayCarry(stream)) return true;
    return false;
  }

  pause(): void {
    this.#paused = true;
    for (const { connection } of this.#links) connection.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const { connection } of this.#links) connection.resume();
  }

  /** After it no connection and no timer is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const link of [...this.#links]) this.#discard(link);
    await Promise.all(this.#closing);
  }

  #open(predecessor: Link | undefined): void {
    const { onAcknowledged, onFrameDone, onRefused, open } = this.#options;
    const connection = open({
      onFrameDone,
      onRefused,
      onOpen: () => this.#onOpen(link),
      onDown: () => this.#onDown(link),
      onAcknowledged: (streams) => {
        onAcknowledged(streams);
        this.#completeHandOver(link);
      },
      onEndAnnounced: () => this.#replace(link, "the venue announced its end"),
    });
    const link: Link = { connection, predecessor, retiring: false, timer: undefined };
    this.#links.add(link);
    if (this.#paused) connection.pause();
    for (const stream of this.#streams) connection.want(stream);
  }

  #onOpen(link: Link): void {
    const { clock, lifeMillis, random } = this.#options;
    link.timer?.cancel();
    // Many connections that were opened together do not come to be replaced together.
    const ageMillis = Math.max(lifeMillis / 2, lifeMillis - LEAD_MILLIS - SPREAD_MILLIS * random());
    if (ageMillis !== Number.POSITIVE_INFINITY) {
      link.timer = clock.setTimer(ageMillis, () =>
        this.#replace(link, "it nears the age at which the venue ends it"),
      );
    }
    // Without streams there is no acknowledgement to wait for.
    if (this.#streams.size === 0) this.#completeHandOver(link);
  }

  #onDown(link: Link): void {
    link.timer?.cancel();
    link.timer = undefined;
    const lost = [...this.#streams].filter((stream) => this.#carrierCount(stream) === 0);
    if (link.retiring) {
      for (const other of this.#links) if (other.predecessor === link) other.predecessor = undefined;
      this.#discard(link);
    }
    if (lost.length > 0) this.#options.onStreamsDown(lost);
  }

  #replace(link: Link, reason: string): void {
    if (this.#closed || link.retiring || !this.#links.has(link)) return;
    link.retiring = true;
    link.connection.retire();
    link.timer?.cancel();
    link.timer = undefined;
    this.handOverCount++;
    this.#options.logger.info({ reason, streamCount: this.#streams.size }, "a connection is replaced");
    // A successor that has to go itself leaves its own predecessor to the new one.
    this.#open(link);
  }

  /** The old connection goes once the new one carries everything and both have delivered for a while. */
  #completeHandOver(link: Link): void {
    const { predecessor } = link;
    if (!predecessor || predecessor.timer) return;
    const { clock } = this.#options;
    const overlap = (completeBefore: boolean) => {
      predecessor.timer = clock.setTimer(OVERLAP_MILLIS, () => {
        predecessor.timer = undefined;
        if (!this.#links.has(predecessor)) return;
        const completeNow = link.connection.isComplete;
        if (!(completeBefore && completeNow)) {
          overlap(completeNow);
          return;
        }
        link.predecessor = undefined;
        this.#discard(predecessor);
      });
    };
    overlap(link.connection.isComplete);
  }

  #discard(link: Link): void {
    if (!this.#links.delete(link)) return;
    link.timer?.cancel();
    this.#closedReconnectCount += link.connection.reconnectCount;
    const closed: Promise<void> = link.connection.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #carrierCount(stream: string): number {
    let count = 0;
    for (const { connection } of this.#links) if (connection.isAcknowledged(stream)) count++;
    return count;
  }
}
