const SECOND_MILLIS = 1000;
/** Replies a second to one logged-in client that its own session did not ask for. */
const FOREIGN_REPLIES_PER_SECOND_MAX = 20;

/**
 * Bounds what others can have written into a client's stream: a request with the client's id and another session id is
 * refused there, since nobody can tell who sent it.
 */
export class ForeignReplyLimit {
  #secondMillis = Number.NEGATIVE_INFINITY;
  readonly #counts = new Map<number, number>();

  /** False for a reply beyond the limit. */
  admits(clientId: number, nowMillis: number): boolean {
    if (nowMillis - this.#secondMillis >= SECOND_MILLIS) {
      this.#secondMillis = nowMillis;
      this.#counts.clear();
    }
    const count = (this.#counts.get(clientId) ?? 0) + 1;
    this.#counts.set(clientId, count);
    return count <= FOREIGN_REPLIES_PER_SECOND_MAX;
  }
}
