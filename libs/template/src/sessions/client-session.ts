import type { Answer } from "../control/answer.js";
import type { LoginRequest, SchemaGeneration } from "../control/control-request.js";

/** Answers kept per session. A client has at most a few requests on the way, so older ones are not asked for again. */
const ANSWER_COUNT_MAX = 1024;

/** One logged-in client: who it is, when it was last heard, and what it was answered. */
export class ClientSession {
  readonly clientId: number;
  readonly generation: SchemaGeneration;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly #login: LoginRequest;
  /** In the order of the requests, so that the oldest is dropped first. */
  readonly #answers = new Map<bigint, Answer>();
  #forgottenRequestId = 0n;

  constructor(
    login: LoginRequest,
    readonly sessionId: bigint,
    /** Monotonic milliseconds of the last request. */
    public lastHeardMillis: number,
  ) {
    this.clientId = login.clientId;
    this.generation = login.generation;
    this.clientName = login.clientName;
    this.clientVersion = login.clientVersion;
    this.#login = login;
  }

  /**
   * True when the very login that opened this session arrives again: the message was sent twice or read twice.
   * A second program under the same client id differs in the time of sending.
   */
  isSameLogin(login: LoginRequest): boolean {
    const own = this.#login;
    return (
      own.generation === 2 &&
      login.generation === 2 &&
      own.requestId === login.requestId &&
      own.sentMicros === login.sentMicros &&
      own.clientName === login.clientName &&
      own.accessToken === login.accessToken
    );
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
