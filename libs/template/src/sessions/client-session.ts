import type { Answer } from "../control/answer.js";
import type { LoginRequest, SchemaGeneration } from "../control/control-request.js";

/** Answers kept per session. A client has at most a few requests on the way, so older ones are not asked for again. */
const ANSWER_COUNT_MAX = 1024;
/** Requests that may come at once, in seconds of the rate. */
const BURST_SECONDS = 10;

/** Who logged in and by which message; what a session is known by after a restart of the service. */
export interface SessionIdentity
  extends Pick<LoginRequest, "clientId" | "requestId" | "sentMicros" | "clientName" | "clientVersion"> {
  readonly generation: SchemaGeneration;
}

/** One logged-in client: who it is, when it was last heard, and what it was answered. */
export class ClientSession {
  readonly clientId: number;
  readonly generation: SchemaGeneration;
  /** In the order of the requests, so that the oldest is dropped first. */
  readonly #answers = new Map<bigint, Answer>();
  #forgottenRequestId = 0n;
  /** Requests beyond those that the rate has paid for, at the time beside it. */
  #debt = 0;
  #debtMillis = 0;

  constructor(
    readonly identity: SessionIdentity,
    readonly sessionId: bigint,
    /** Monotonic milliseconds of the last request. */
    public lastHeardMillis: number,
    /** How often the service was started anew since the session was opened. */
    readonly restartCount = 0,
  ) {
    this.clientId = identity.clientId;
    this.generation = identity.generation;
  }

  /**
   * True when the very login that opened this session arrives again: the message was sent twice or read twice. Its
   * token was checked before. A second program under the same client id differs in the time of sending.
   */
  isSameLogin(login: LoginRequest): boolean {
    const own = this.identity;
    return (
      own.generation === 2 &&
      login.generation === 2 &&
      own.requestId === login.requestId &&
      own.sentMicros === login.sentMicros &&
      own.clientName === login.clientName
    );
  }

  /** False when the client asks more often than `perSecondMax` for longer than a burst. */
  takeRequest(perSecondMax: number, nowMillis: number): boolean {
    const paid = ((nowMillis - this.#debtMillis) / 1000) * perSecondMax;
    const debt = Math.max(0, this.#debt - paid);
    this.#debtMillis = nowMillis;
    const isTaken = debt + 1 <= perSecondMax * BURST_SECONDS;
    this.#debt = isTaken ? debt + 1 : debt;
    return isTaken;
  }

  /** The answer that a request of this id got before; undefined for a new one. */
  answerTo(requestId: bigint): Answer | undefined {
    return this.#answers.get(requestId);
  }

  /** True for an id so old that its answer is no longer kept: it may have been carried out before. */
  isForgotten(requestId: bigint): boolean {
    return requestId <= this.#forgottenRequestId && !this.#answers.has(requestId);
  }

  remember(requestId: bigint, answer: Answer): void {
    this.#answers.set(requestId, answer);
    if (this.#answers.size <= ANSWER_COUNT_MAX) return;
    const [oldest] = this.#answers.keys();
    this.#answers.delete(oldest!);
    if (oldest! > this.#forgottenRequestId) this.#forgottenRequestId = oldest!;
  }
}
