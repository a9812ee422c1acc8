import type { Clock, TimerHandle } from "@ims/common";
import type { StreamPublisher } from "../market-source.js";
import { DueQueue } from "./due-queue.js";
import { PaceGroups } from "./pace-groups.js";
import type { SymbolMarket } from "./symbol-market.js";

/** Events handled in one go; what is left continues after other work had its turn. */
const EVENTS_PER_TURN = 5000;

/** Lets the events of followed symbols and the steps of paced streams happen in the order of their times. */
export class MarketSchedule {
  readonly #due = new DueQueue<SymbolMarket>();
  readonly #paces = new PaceGroups();
  /** Everything up to this instant has happened. */
  #doneMicros: number;
  #happening = false;
  #publisher: StreamPublisher | undefined;
  #timer: TimerHandle | undefined;

  /** @param timerMillis what falls due within this time is handled by one timer */
  constructor(
    private readonly clock: Clock,
    private readonly timerMillis: number,
  ) {
    this.#doneMicros = clock.nowMicros();
  }

  get doneMicros(): number {
    return this.#doneMicros;
  }

  get paces(): PaceGroups {
    return this.#paces;
  }

  /** Undefined before {@link start} and after {@link stop}. */
  get publisher(): StreamPublisher | undefined {
    return this.#publisher;
  }

  start(publisher: StreamPublisher): void {
    this.#publisher = publisher;
    this.plan();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#publisher = undefined;
  }

  /** From now on the events of the symbol, which is done up to {@link doneMicros}, happen in time. */
  follow(symbolMarket: SymbolMarket): void {
    this.#due.add(symbolMarket);
  }

  /** The next event of some symbol is due at another time than before. */
  reorder(): void {
    this.#due.rebuild();
  }

  /**
   * Lets what is due by now happen; a pace step goes before an event of the same instant. Returns the millisecond up to
   * which all is done: less than now when there was more than one turn takes.
   */
  catchUp(): number {
    // A client that asks while a frame is handed to it finds the market as that frame left it.
    if (!this.#happening) {
      this.#happening = true;
      try {
        this.#happenUntil(this.clock.nowMicros());
      } finally {
        this.#happening = false;
      }
    }
    return Math.floor(this.#doneMicros / 1000);
  }

  /** Sets the timer for what is due next. */
  plan(): void {
    if (!this.#publisher) return;
    this.#timer?.cancel();
    const dueMicros = this.#nextMicros();
    if (dueMicros === Number.POSITIVE_INFINITY) return;
    const untilDueMillis = (dueMicros - this.clock.nowMicros()) / 1000;
    const overdue = untilDueMillis < -this.timerMillis;
    this.#timer = this.clock.setTimer(overdue ? 0 : Math.max(this.timerMillis, untilDueMillis), () => {
      this.catchUp();
      this.plan();
    });
  }

  #nextMicros(): number {
    return Math.min(this.#paces.nextMillis * 1000, this.#due.head?.nextMicros ?? Number.POSITIVE_INFINITY);
  }

  #happenUntil(nowMicros: number): void {
    for (let turn = 0; this.#publisher && turn < EVENTS_PER_TURN; turn++) {
      const stepMicros = this.#paces.nextMillis * 1000;
      const dueMicros = this.#nextMicros();
      if (dueMicros > nowMicros) {
        this.#doneMicros = Math.max(this.#doneMicros, nowMicros);
        return;
      }
      this.#doneMicros = Math.max(this.#doneMicros, dueMicros);
      if (stepMicros <= dueMicros) {
        this.#paces.step(this.#publisher);
      } else {
        this.#due.head!.happen(this.#publisher);
        this.#due.headChanged();
      }
    }
  }
}
