import { ClientErrorCode, DataErrorCode } from "@ims/common";
import type { Refusal } from "../control/control-reply.js";
import { refuseClient, refuseData } from "../control/control-reply.js";
import type { ControlRequest, LoginRequest, SchemaGeneration } from "../control/control-request.js";
import { ClientSession } from "./client-session.js";

/** Ids below this are reserved by the reference system; its code admits 100 itself. */
export const CLIENT_ID_MIN = 100;

export interface SessionLimits {
  /** Clients should send a heartbeat this often, milliseconds. */
  readonly heartbeatMillis: number;
  /** A session ends after this long without any request, milliseconds. */
  readonly expiryMillis: number;
  /** The same for clients of schema version 1, milliseconds. */
  readonly version1ExpiryMillis: number;
  readonly sessionCountMax: number;
  /** Requests of one client a second, over a longer time. */
  readonly requestsPerSecondMax: number;
}

/** Told of every session that is opened, heard of again where that has to be kept, or ended. */
export type SessionListener = (session: ClientSession, isOpen: boolean) => void;

export type LoginOutcome =
  | { readonly outcome: "opened" | "repeated" | "resumed"; readonly session: ClientSession }
  | { readonly outcome: "refused"; readonly refusal: Refusal };

/**
 * Who is logged in. Rules of the client protocol, sections 3 and 5: one login per client id, ids below 100 reserved,
 * a random session id that every later request carries, expiry without a sign of life.
 *
 * Clients of schema version 1 have neither session ids nor heartbeats. Their sessions end a day (as configured) after
 * their last request; a repeated start is one, and changes nothing else. Whoever lost track of its session sends a
 * logout first, for which version 1 needs no more than the client id. An id that logged in with one version is not
 * reachable with the other.
 */
export class SessionRegistry {
  readonly #sessions = new Map<number, ClientSession>();
  #listener: SessionListener = () => {};

  /** @param newSessionId random, not 0, not guessable */
  constructor(
    readonly limits: SessionLimits,
    private readonly newSessionId: () => bigint,
  ) {}

  set listener(listener: SessionListener) {
    this.#listener = listener;
  }

  get size(): number {
    return this.#sessions.size;
  }

  [Symbol.iterator](): IterableIterator<ClientSession> {
    return this.#sessions.values();
  }

  get(clientId: number): ClientSession | undefined {
    return this.#sessions.get(clientId);
  }

  /** Opens a session, finds the one that this login already opened, or resumes the one whose session id it carries. */
  login(login: LoginRequest, nowMillis: number): LoginOutcome {
    if (login.clientId < CLIENT_ID_MIN) {
      return refused(
        refuseClient(
          ClientErrorCode.NotAuthorized,
          `Client ids below ${CLIENT_ID_MIN} are reserved. Log in with ${CLIENT_ID_MIN} or above.`,
        ),
      );
    }
    const existing = this.#sessions.get(login.clientId);
    if (existing) {
      const resumes = login.generation === 2 && existing.sessionId === login.sessionId;
      if (resumes || existing.isSameLogin(login)) {
        existing.lastHeardMillis = nowMillis;
        return { outcome: resumes ? "resumed" : "repeated", session: existing };
      }
      return refused(
        refuseClient(
          ClientErrorCode.AlreadyLoggedIn,
          `Client ${login.clientId} is already logged in. Log it out, use another client id, ` +
            `or wait ${Math.ceil(this.limits.expiryMillis / 1000)} s until a vanished session expires.`,
        ),
      );
    }
    if (this.#sessions.size >= this.limits.sessionCountMax) {
      return refused(
        refuseClient(
          ClientErrorCode.LoginError,
          `The service serves its limit of ${this.limits.sessionCountMax} clients. Try again later.`,
        ),
      );
    }
    const sessionId = login.generation === 2 ? this.newSessionId() : 0n;
    const session = new ClientSession(login, sessionId, nowMillis);
    this.#sessions.set(login.clientId, session);
    this.#listener(session, true);
    return { outcome: "opened", session };
  }

  /** Takes over a session from before a restart of the service, under its old id. */
  restore(session: ClientSession): void {
    this.#sessions.set(session.clientId, session);
  }

  /** The session that a request other than a login belongs to, or why it is refused. Counts as a sign of life. */
  authenticate(request: Exclude<ControlRequest, LoginRequest>, nowMillis: number): ClientSession | Refusal {
    const session = this.#sessions.get(request.clientId);
    if (!session || session.generation !== request.generation) return notLoggedIn(request);
    if (session.sessionId !== request.sessionId) {
      return refuseClient(
        ClientErrorCode.NotAuthorized,
        `The session id does not belong to client ${request.clientId}. Send the one that the login returned.`,
      );
    }
    session.lastHeardMillis = nowMillis;
    // The control topic is not searched for sessions that live so long: when they were heard is kept.
    if (session.generation === 1) this.#listener(session, true);
    return session;
  }

  /** Frees the client id. */
  end(clientId: number): boolean {
    const session = this.#sessions.get(clientId);
    if (!session) return false;
    this.#sessions.delete(clientId);
    this.#listener(session, false);
    return true;
  }

  /** The sessions that were silent for the expiry time; the caller ends them. */
  expired(nowMillis: number): ClientSession[] {
    return [...this.#sessions.values()].filter(
      (session) => nowMillis - session.lastHeardMillis >= this.expiryMillisOf(session.generation),
    );
  }

  /** How long a session lives without a request, milliseconds. */
  expiryMillisOf(generation: SchemaGeneration): number {
    return generation === 1 ? this.limits.version1ExpiryMillis : this.limits.expiryMillis;
  }

  /** Gives every session its full time again: while the broker was away nobody could be heard. */
  extendAll(nowMillis: number): void {
    for (const session of this.#sessions.values()) session.lastHeardMillis = nowMillis;
  }
}

function refused(refusal: Refusal): LoginOutcome {
  return { outcome: "refused", refusal };
}

/** Requests about data have their own code for a client that is not logged in. */
function notLoggedIn(request: ControlRequest): Refusal {
  const text = `Client ${request.clientId} is not logged in. Log in first.`;
  return request.kind === "logout" || request.kind === "heartbeat"
    ? refuseClient(ClientErrorCode.NotLoggedIn, text)
    : refuseData(DataErrorCode.ClientNotLoggedIn, text);
}
