/** Old events in a row after which the venue is taken to count anew; a duplicate of another connection is never alone. */
const OLD_EVENTS_MAX = 100;

/** Counts events in a row that hold nothing new. */
export class OldEvents {
  #inRow = 0;

  /** One more; true when there are too many for the venue's ids to be still what they were. */
  add(): boolean {
    return ++this.#inRow > OLD_EVENTS_MAX;
  }

  /** An event was new, or everything begins again. */
  clear(): void {
    this.#inRow = 0;
  }
}
