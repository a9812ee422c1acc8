import { FeedState } from "@ims/common";

/** What silence of a stream means. */
export interface LivenessPolicy {
  /**
   * `driven`: records come when something happens, silence may be right and is checked elsewhere.
   * `periodic`: records come by the clock, silence of three periods is wrong in itself.
   * `rare`: hours without a record are usual, silence says nothing.
   */
  readonly kind: "driven" | "periodic" | "rare";
  /** Of a periodic stream. */
  readonly periodMillis?: number;
}

/** What the owner has to do after a look. */
export const LivenessAction = {
  None: 0,
  /** Find out elsewhere whether there should have been records, and tell the {@link FeedLiveness.verdict}. */
  CrossCheck: 1,
  /** Subscribe again, then call {@link FeedLiveness.restarted}. */
  Restart: 2,
} as const;
export type LivenessAction = (typeof LivenessAction)[keyof typeof LivenessAction];

/** `unknown`: nobody could be asked. */
export type LivenessVerdict = "dead" | "quiet" | "unknown";

/** Silence that is suspicious on a busy stream: with a look every 250 ms and a fast check it is known within 5 s. */
const SUSPECT_MIN_MILLIS = 3000;
const SUSPECT_MAX_MILLIS = 600_000;
/** Suspicious is so much longer a silence than the longest that was usual lately. */
const SUSPECT_FACTOR = 2.5;
/** The memory of long silences fades by so much with each burst of records. */
const LONGEST_DECAY = 0.995;
const RATE_WEIGHT = 0.1;
const RETRY_MIN_MILLIS = 1000;
const RETRY_MAX_MILLIS = 60_000;
/** After so many restarts in vain the stream is called dead; restarts go on. */
const RESTARTS_BEFORE_DEAD = 3;
/** A silence that nobody can judge so many times in a row is no longer told as health. */
const UNKNOWN_BEFORE_STALE = 2;

/**
 * Whether one subscription is alive. Pure: it is told of records and of time and keeps no timer. It learns how long
 * silences usually are from the stream itself, suspects one that is longer, and asks for a check elsewhere before
 * it calls a stream dead. A quiet stream is looked after with growing pauses; a dead one is restarted, with growing
 * pauses, for ever.
 */
export class FeedLiveness {
  /** To be counted up with each record: all that a hot path does. */
  recordCount = 0;
  #state: FeedState = FeedState.Starting;
  #text = "asked for";
  #seenCount = 0;
  #acknowledged = false;
  /** Where the present silence began. */
  #silentSinceMillis: number;
  #heardSinceAcknowledged = false;
  #expectedMillis = 0;
  #longestMillis = 0;
  #checking = false;
  #checkAtMillis = Number.POSITIVE_INFINITY;
  #quietPauseMillis = 0;
  #restartAtMillis = Number.POSITIVE_INFINITY;
  #restartCount = 0;
  /** Checks in a row that found nobody to ask. */
  #unknownCount = 0;

  /** @param onChange called after every change of state, and when its reason changes */
  constructor(
    readonly policy: LivenessPolicy,
    nowMillis: number,
    private readonly onChange: (state: FeedState, text: string) => void,
  ) {
    this.#silentSinceMillis = nowMillis;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** One sentence for people: why it is in this state. */
  get text(): string {
    return this.#text;
  }

  /** Usual time between records, 0 while it is not known. */
  get expectedMillis(): number {
    return this.#expectedMillis;
  }

  /** Silence beyond this is suspicious now. */
  get suspectMillis(): number {
    const { kind, periodMillis = 1000 } = this.policy;
    if (kind === "rare") return Number.POSITIVE_INFINITY;
    if (kind === "periodic") return Math.max(SUSPECT_MIN_MILLIS, 3 * periodMillis);
    const learned = this.#heardSinceAcknowledged ? SUSPECT_FACTOR * this.#longestMillis : 0;
    return Math.min(SUSPECT_MAX_MILLIS, Math.max(SUSPECT_MIN_MILLIS, learned));
  }

  /** When the present silence began, on the clock of `nowMillis`. */
  get silentSinceMillis(): number {
    return this.#silentSinceMillis;
  }

  get isAcknowledged(): boolean {
    return this.#acknowledged;
  }

  /** Restarts since the last record. */
  get restartCount(): number {
    return this.#restartCount;
  }

  /** The venue took the subscription: from now on data is expected. */
  acknowledged(nowMillis: number): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#heardSinceAcknowledged = false;
    this.#beginSilence(nowMillis);
    // Of such a stream no record may come for hours, and nothing else will tell that it is there.
    if (
      this.policy.kind === "rare" &&
      (this.#state === FeedState.Stale || this.#state === FeedState.Starting)
    ) {
      this.#change(FeedState.Quiet, "the venue took it; records are rare");
    }
  }

  /** The subscription is gone from its connection, and will be placed again. */
  interrupted(nowMillis: number, text: string): void {
    this.#acknowledged = false;
    this.#checking = false;
    // What came before the loss and was not looked at yet is no sign of life after it.
    this.#seenCount = this.recordCount;
    this.#restartAtMillis = Number.POSITIVE_INFINITY;
    this.#beginSilence(nowMillis);
    if (this.#state !== FeedState.Starting && this.#state !== FeedState.Dead) {
      this.#change(FeedState.Stale, text);
    }
  }

  /** The venue does not give this data. */
  refused(text: string): void {
    this.#change(FeedState.Refused, text);
  }

  /** Nobody asks for it any more; the last change. */
  stopped(): void {
    this.#acknowledged = false;
    this.#change(FeedState.Stopped, "nobody asks for it any more");
  }

  /** Nothing is read now on purpose: the silence does not count. */
  held(nowMillis: number): void {
    this.#silentSinceMillis = nowMillis;
    this.#checkAtMillis = nowMillis + this.suspectMillis;
  }

  /** To be called every quarter of a second or so. */
  look(nowMillis: number): LivenessAction {
    const count = this.recordCount - this.#seenCount;
    if (count > 0) {
      this.#seenCount = this.recordCount;
      this.#heard(count, nowMillis);
      return LivenessAction.None;
    }
    if (!this.#acknowledged || this.#checking) return LivenessAction.None;
    if (nowMillis >= this.#restartAtMillis) {
      this.#restartAtMillis = Number.POSITIVE_INFINITY;
      return LivenessAction.Restart;
    }
    if (this.#restartAtMillis !== Number.POSITIVE_INFINITY || nowMillis < this.#checkAtMillis) {
      return LivenessAction.None;
    }
    if (this.policy.kind === "periodic") {
      this.#dead(nowMillis, `no record for ${Math.round(nowMillis - this.#silentSinceMillis)} ms`);
      return this.look(nowMillis);
    }
    this.#checking = true;
    return LivenessAction.CrossCheck;
  }

  /** What the check found; `text` says it in one sentence. Ignored if records came meanwhile. */
  verdict(verdict: LivenessVerdict, nowMillis: number, text: string): void {
    if (!this.#checking) return;
    this.#checking = false;
    if (this.recordCount !== this.#seenCount) return;
    if (verdict === "dead") {
      this.#dead(nowMillis, text);
      return;
    }
    this.#quietPauseMillis = Math.min(
      SUSPECT_MAX_MILLIS,
      Math.max(this.suspectMillis, this.#quietPauseMillis * 2),
    );
    this.#checkAtMillis = nowMillis + this.#quietPauseMillis;
    if (verdict === "quiet") {
      this.#unknownCount = 0;
      this.#change(FeedState.Quiet, text);
    } else if (++this.#unknownCount >= UNKNOWN_BEFORE_STALE) {
      // Nothing is torn down for it, but nobody may take such a feed for a healthy one.
      this.#change(FeedState.Stale, text);
    }
  }

  /** The subscription was asked for again; data is expected once it is acknowledged. */
  restarted(nowMillis: number): void {
    this.#restartCount++;
    this.#acknowledged = false;
    this.#beginSilence(nowMillis);
  }

  #heard(count: number, nowMillis: number): void {
    const silentMillis = nowMillis - this.#silentSinceMillis;
    if (this.#heardSinceAcknowledged) {
      const interval = silentMillis / count;
      this.#expectedMillis =
        this.#expectedMillis === 0
          ? interval
          : this.#expectedMillis + (interval - this.#expectedMillis) * RATE_WEIGHT;
      this.#longestMillis = Math.max(silentMillis, this.#longestMillis * LONGEST_DECAY);
    }
    this.#heardSinceAcknowledged = true;
    this.#checking = false;
    this.#restartCount = 0;
    this.#unknownCount = 0;
    this.#restartAtMillis = Number.POSITIVE_INFINITY;
    this.#beginSilence(nowMillis);
    if (this.#state !== FeedState.Live) this.#change(FeedState.Live, "records come as expected");
  }

  #beginSilence(nowMillis: number): void {
    this.#silentSinceMillis = nowMillis;
    this.#quietPauseMillis = 0;
    this.#checkAtMillis = nowMillis + this.suspectMillis;
  }

  #dead(nowMillis: number, text: string): void {
    const isDead = this.#restartCount >= RESTARTS_BEFORE_DEAD;
    const pauseMillis =
      this.#restartCount === 0 ? 0 : Math.min(RETRY_MAX_MILLIS, RETRY_MIN_MILLIS * 2 ** this.#restartCount);
    this.#restartAtMillis = nowMillis + pauseMillis;
    this.#change(isDead ? FeedState.Dead : FeedState.Stale, text);
  }

  #change(state: FeedState, text: string): void {
    if (state === this.#state && text === this.#text) return;
    this.#state = state;
    this.#text = text;
    this.onChange(state, text);
  }
}
