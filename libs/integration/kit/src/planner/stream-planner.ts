/** One socket of the plan: an address group and the streams it carries. */
export interface PlannedSocket {
  readonly id: number;
  /** Sockets of one group share an address; a stream belongs to one group. */
  readonly group: string;
  readonly streams: ReadonlySet<string>;
}

interface OpenSocket extends PlannedSocket {
  readonly streams: Set<string>;
}

/**
 * Decides which socket carries which stream, within the venue's limit of streams per socket. It knows names only.
 * A stream goes to the fullest socket of its group that has room, so that sockets fill up and spare ones run empty;
 * a placed stream never moves, because moving costs data.
 */
export class StreamPlanner {
  readonly #sockets = new Map<number, OpenSocket>();
  readonly #byStream = new Map<string, OpenSocket>();
  #nextId = 1;

  constructor(readonly streamsPerSocketMax: number) {
    if (!(Number.isInteger(streamsPerSocketMax) && streamsPerSocketMax > 0)) {
      throw new RangeError(
        `streams per socket must be a whole number of at least 1, not ${streamsPerSocketMax}`,
      );
    }
  }

  get sockets(): readonly PlannedSocket[] {
    return [...this.#sockets.values()];
  }

  get streamCount(): number {
    return this.#byStream.size;
  }

  socketOf(stream: string): PlannedSocket | undefined {
    return this.#byStream.get(stream);
  }

  /**
   * The socket that carries the stream from now on; the same one when it is placed again.
   * @param preferredId the socket to take if it has room, such as one that has not let go of the stream yet
   * @param avoidedId the socket not to take, such as one on which the stream stayed silent
   */
  place(stream: string, group: string, preferredId?: number, avoidedId?: number): PlannedSocket {
    const placed = this.#byStream.get(stream);
    if (placed) return placed;
    const socket =
      this.#preferred(group, preferredId) ?? this.#fullestWithRoom(group, avoidedId) ?? this.#open(group);
    socket.streams.add(stream);
    this.#byStream.set(stream, socket);
    return socket;
  }

  /** Takes the stream off; returns the socket that carried it, undefined if none did. */
  remove(stream: string): PlannedSocket | undefined {
    const socket = this.#byStream.get(stream);
    if (!socket) return undefined;
    this.#byStream.delete(stream);
    socket.streams.delete(stream);
    return socket;
  }

  /**
   * Drops sockets without streams and returns them, to be closed. The last one of a group is kept: a venue counts
   * connection attempts, and the next stream would need it again.
   */
  takeSpareSockets(): PlannedSocket[] {
    const spare: PlannedSocket[] = [];
    for (const socket of this.#sockets.values()) {
      if (socket.streams.size > 0) continue;
      const inGroup = [...this.#sockets.values()].filter((other) => other.group === socket.group).length;
      if (inGroup === 1) continue;
      this.#sockets.delete(socket.id);
      spare.push(socket);
    }
    return spare;
  }

  #preferred(group: string, id: number | undefined): OpenSocket | undefined {
    const socket = id === undefined ? undefined : this.#sockets.get(id);
    return socket?.group === group && socket.streams.size < this.streamsPerSocketMax ? socket : undefined;
  }

  #fullestWithRoom(group: string, avoidedId: number | undefined): OpenSocket | undefined {
    let best: OpenSocket | undefined;
    for (const socket of this.#sockets.values()) {
      if (
        socket.id === avoidedId ||
        socket.group !== group ||
        socket.streams.size >= this.streamsPerSocketMax
      )
        continue;
      if (!best || socket.streams.size > best.streams.size) best = socket;
    }
    return best;
  }

  #open(group: string): OpenSocket {
    const socket: OpenSocket = { id: this.#nextId++, group, streams: new Set() };
    this.#sockets.set(socket.id, socket);
    return socket;
  }
}
