/** Ids begin here, milliseconds since 1970: recorded ids and their times agree with it to the millisecond. */
const ID_EPOCH_MILLIS = 1_288_834_974_657;
/** Ids of a millisecond. */
const IDS_PER_MILLI = 4096;

/** The ids of orders of one market: they rise with time, around 2e15 in 2026 (bitstamp.md section 3.1). */
export class OrderIds {
  #turn = 0;

  /** Markets take turns, so that none gives out an id of another. @param market its number, below `marketCount` */
  constructor(
    private readonly market: number,
    private readonly marketCount: number,
  ) {}

  next(micros: number): number {
    const millis = Math.max(0, Math.floor(micros / 1000) - ID_EPOCH_MILLIS);
    this.#turn = Math.max(this.#turn + 1, Math.ceil((millis * IDS_PER_MILLI) / this.marketCount));
    return this.#turn * this.marketCount + this.market;
  }
}

/** The chain of one channel's events: the id of each holds its time and its number within the millisecond. */
export class EventIds {
  #micros = 0;
  #count = 0;
  /** The newest id. */
  last: string;

  constructor(startMicros: number) {
    this.last = eventId(startMicros, 0);
  }

  next(micros: number): string {
    this.#count = micros === this.#micros ? this.#count + 1 : 0;
    this.#micros = micros;
    this.last = eventId(micros, this.#count);
    return this.last;
  }
}

/** As recorded: `00065aad-a8b2-3408-0000-000102000020`, of which the first 16 digits are microseconds. */
function eventId(micros: number, count: number): string {
  const time = micros.toString(16).padStart(16, "0");
  const number = (0x100 + count).toString(16).padStart(6, "0");
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-${time.slice(12)}-0000-${number}000020`;
}
