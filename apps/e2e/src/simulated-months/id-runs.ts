/** A set of whole numbers as inclusive runs in order; numbers that come in order cost next to nothing. */
export class IdRuns {
  readonly #runs: [from: number, to: number][] = [];

  get runs(): readonly (readonly [number, number])[] {
    return this.#runs;
  }

  get last(): number {
    return this.#runs.at(-1)?.[1] ?? 0;
  }

  has(id: number): boolean {
    const at = this.#after(id) - 1;
    return at >= 0 && id <= this.#runs[at]![1];
  }

  /** False if it is there already. */
  add(id: number): boolean {
    const tail = this.#runs.at(-1);
    if (tail && id === tail[1] + 1) {
      tail[1] = id;
      return true;
    }
    return this.addRun(id, id);
  }

  /** False if some of it is there already; nothing is added then. */
  addRun(from: number, to: number): boolean {
    const at = this.#after(from);
    const before = this.#runs[at - 1];
    const behind = this.#runs[at];
    if ((before && before[1] >= from) || (behind && behind[0] <= to)) return false;
    const joinsBefore = before !== undefined && before[1] + 1 === from;
    const joinsBehind = behind !== undefined && to + 1 === behind[0];
    if (joinsBefore && joinsBehind) {
      before[1] = behind[1];
      this.#runs.splice(at, 1);
    } else if (joinsBefore) before[1] = to;
    else if (joinsBehind) behind[0] = from;
    else this.#runs.splice(at, 0, [from, to]);
    return true;
  }

  /** What is absent between two numbers, both included. */
  missing(from: number, to: number): [from: number, to: number][] {
    const holes: [number, number][] = [];
    let next = from;
    for (let at = Math.max(0, this.#after(from) - 1); at < this.#runs.length && next <= to; at++) {
      const [first, last] = this.#runs[at]!;
      if (last < next) continue;
      if (first > next) holes.push([next, Math.min(to, first - 1)]);
      next = last + 1;
    }
    if (next <= to) holes.push([next, to]);
    return holes;
  }

  /** Index of the first run that begins behind the number. */
  #after(id: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#runs[middle]![0] <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
