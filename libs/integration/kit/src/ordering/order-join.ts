/** Drops what is not newer than what was passed on, by a number that the venue only counts up. */
export class OrderJoin {
  private lastOrder = 0;
  private lastReceiveMicros = 0;
  duplicateCount = 0;

  /** @param order an update id or a send time; 0 where the venue gives none, which is always new */
  isNew(order: number, receiveMicros: number): boolean {
    if (order !== 0 && order <= this.lastOrder && receiveMicros - this.lastReceiveMicros < ANEW_MICROS) {
      this.duplicateCount++;
      return false;
    }
    this.lastOrder = order;
    this.lastReceiveMicros = receiveMicros;
    return true;
  }
}

/** When nothing newer came for so long, the venue counts anew. */
const ANEW_MICROS = 5_000_000;
