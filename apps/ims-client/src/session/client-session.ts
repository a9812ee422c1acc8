import {
  ClientErrorCode,
  type Clock,
  DataErrorCode,
  type ImsError,
  isImsError,
  sleep,
  type TimerHandle,
} from "@ims/common";
import type { ControlChannel } from "../control/control-channel.js";
import type { ControlReply, LoginAccepted, RequestRefused, StartAccepted } from "../control/reply.js";
import type { ControlRequest } from "../control/request.js";

type AcceptedReply = Exclude<ControlReply, RequestRefused>;

export interface ClientSessionOptions {
  readonly accessToken: string;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly requestTimeoutMillis: number;
  readonly clock: Clock;
}

/** What the session tells its owner. */
export interface SessionListener {
  /** A new session was opened after the old one was gone: subscriptions are to be asked for again. */
  restore(): Promise<void>;
  /** The service was started anew: it took the session over, or a new one was opened and {@link restore} called. */
  resumed(awayMillis: number): void;
  /** A heartbeat went unanswered; heartbeats go on. Called once per silence. */
  silent(error: ImsError): void;
  /** The session is gone and the service refuses a new one. */
  lost(error: unknown): void;
}

/** Pause between attempts to log in again, milliseconds; doubles up to the second figure. */
const RESUME_PAUSE_MILLIS = 250;
const RESUME_PAUSE_MILLIS_MAX = 5000;
const HEARTBEAT_MILLIS_MIN = 100;
/** Pause between attempts of a first login while the service still loads its symbols. */
const STARTING_PAUSE_MILLIS = 250;

/**
 * One client's session with one service: login, heartbeats by the clock, and a new login whenever the service says
 * that it does not know the session. A service that was started anew takes the session over, and nothing is to be done.
 */
export class ClientSession {
  readonly #abort = new AbortController();
  #accepted: LoginAccepted | undefined;
  /** Repeated until it is answered, so that a login whose reply was lost is not refused as a second one. */
  #loginRequestId: number | undefined;
  #heartbeatTimer: TimerHandle | undefined;
  #resuming: Promise<void> | undefined;
  #isSilent = false;
  /** As the service counts its restarts within the session; undefined until it is known. */
  #restartCount: number | undefined;
  /** When the service answered last. */
  #answeredMillis = 0;

  constructor(
    private readonly channel: ControlChannel,
    private readonly options: ClientSessionOptions,
    private readonly listener: SessionListener,
  ) {}

  get isLoggedIn(): boolean {
    return this.#accepted !== undefined;
  }

  /** What the service said at the login; undefined while logged out. */
  get accepted(): LoginAccepted | undefined {
    return this.#accepted;
  }

  /** Opens the session. While the service says that it is still starting, tries again until the time is over. */
  async login(): Promise<LoginAccepted> {
    const { clock, requestTimeoutMillis } = this.options;
    const deadlineMillis = clock.monotonicMillis() + requestTimeoutMillis;
    for (;;) {
      try {
        return await this.#loginOnce(0n, Math.max(1, deadlineMillis - clock.monotonicMillis()));
      } catch (error) {
        const remainsMillis = deadlineMillis - clock.monotonicMillis();
        if (
          !isRefusal(error, "client", ClientErrorCode.LoginError) ||
          remainsMillis < STARTING_PAUSE_MILLIS
        ) {
          throw error;
        }
        await this.#pause(STARTING_PAUSE_MILLIS);
      }
    }
  }

  async logout(timeoutMillis = this.options.requestTimeoutMillis): Promise<void> {
    this.#heartbeatTimer?.cancel();
    const sessionId = this.#accepted?.sessionId ?? 0n;
    try {
      await this.channel.request({ kind: "logout" }, sessionId, timeoutMillis);
    } catch (error) {
      if (this.#accepted) this.#scheduleHeartbeat();
      throw error;
    }
    this.#accepted = undefined;
  }

  /** Sends a request of this session; one that fails because the service forgot the session is repeated after a new login. */
  async request(request: Exclude<ControlRequest, { kind: "login" }>): Promise<AcceptedReply> {
    if (this.#resuming !== undefined) await this.#inTime(this.#resuming);
    try {
      return await this.#send(request);
    } catch (error) {
      if (!this.#accepted || !isForgotten(error)) throw error;
      await this.#inTime(this.#resume());
      return await this.#send(request);
    }
  }

  /** As {@link request}, for the re-subscriptions of a resume, which must not wait for that same resume. */
  async restart(
    request: Extract<ControlRequest, { kind: "start" | "stop" }>,
  ): Promise<StartAccepted | undefined> {
    const reply = await this.#send(request);
    return reply.kind === "start-accepted" ? reply : undefined;
  }

  /** Whether an error says that the service does not know the session. */
  isForgotten(error: unknown): boolean {
    return isForgotten(error);
  }

  /** Looks at once whether the service still knows the session, as after a lost connection. */
  probe(): void {
    if (this.#accepted && this.#resuming === undefined) void this.#heartbeat();
  }

  /** No timer and no request is left after it. */
  close(): void {
    this.#abort.abort();
    this.#heartbeatTimer?.cancel();
    this.#accepted = undefined;
  }

  async #send(
    request: ControlRequest,
    timeoutMillis = this.options.requestTimeoutMillis,
  ): Promise<AcceptedReply> {
    const sessionId = this.#accepted?.sessionId ?? 0n;
    const reply = await this.channel.request(request, sessionId, timeoutMillis);
    this.#noteAnswer(reply);
    return reply;
  }

  /** A service that was started anew and took the session over tells so by its count of restarts alone. */
  #noteAnswer(reply: AcceptedReply): void {
    const awayMillis = this.options.clock.monotonicMillis() - this.#answeredMillis;
    this.#answeredMillis += awayMillis;
    if (reply.kind !== "request-accepted" || reply.sessionId !== this.#accepted?.sessionId) return;
    const known = this.#restartCount;
    this.#restartCount = reply.restartCount;
    if (known !== undefined && reply.restartCount > known) this.listener.resumed(Math.round(awayMillis));
  }

  async #loginOnce(sessionId: bigint, timeoutMillis: number): Promise<LoginAccepted> {
    const { accessToken, clientName, clientVersion } = this.options;
    this.#loginRequestId ??= this.channel.newRequestId();
    try {
      const reply = await this.channel.request(
        { kind: "login", accessToken, clientName, clientVersion },
        sessionId,
        timeoutMillis,
        this.#loginRequestId,
      );
      this.#loginRequestId = undefined;
      this.#accepted = reply as LoginAccepted;
      // A new session counts from here; one that was given back may have lived through restarts already.
      this.#restartCount = sessionId === this.#accepted.sessionId ? undefined : 0;
      this.#answeredMillis = this.options.clock.monotonicMillis();
      this.#isSilent = false;
      this.#scheduleHeartbeat();
      return this.#accepted;
    } catch (error) {
      if (isImsError(error, "client.refused")) this.#loginRequestId = undefined;
      throw error;
    }
  }

  /** @param sinceMillis how long ago the last one was sent */
  #scheduleHeartbeat(sinceMillis = 0): void {
    this.#heartbeatTimer?.cancel();
    if (!this.#accepted || this.#abort.signal.aborted) return;
    // A heartbeat interval of 0 would spin.
    const millis = Math.max(HEARTBEAT_MILLIS_MIN, this.#accepted.heartbeatMillis - sinceMillis);
    this.#heartbeatTimer = this.options.clock.setTimer(millis, () => void this.#heartbeat());
  }

  /**
   * In the rhythm that the service asked for, also while none is answered: a service that is started anew looks when its
   * clients were heard, and ends the sessions of those that were silent.
   */
  async #heartbeat(): Promise<void> {
    this.#heartbeatTimer?.cancel();
    const { clock, requestTimeoutMillis } = this.options;
    const sentMillis = clock.monotonicMillis();
    const untilNextMillis = (this.#accepted?.heartbeatMillis ?? 0) - HEARTBEAT_MILLIS_MIN;
    const timeoutMillis = Math.min(requestTimeoutMillis, Math.max(HEARTBEAT_MILLIS_MIN, untilNextMillis));
    try {
      await this.#send({ kind: "heartbeat" }, timeoutMillis);
      this.#isSilent = false;
    } catch (error) {
      if (this.#abort.signal.aborted || !this.#accepted) return;
      if (isForgotten(error)) {
        await this.#resume().catch(() => undefined);
      } else if (isImsError(error, "client.refused")) {
        this.#lose(error);
      } else if (isImsError(error) && !this.#isSilent) {
        this.#isSilent = true;
        this.listener.silent(error);
      }
    }
    this.#scheduleHeartbeat(clock.monotonicMillis() - sentMillis);
  }

  /** One resume at a time, shared by all that wait for it. */
  #resume(): Promise<void> {
    this.#resuming ??= this.#logInAgain().finally(() => {
      this.#resuming = undefined;
    });
    return this.#resuming;
  }

  async #logInAgain(): Promise<void> {
    this.#heartbeatTimer?.cancel();
    const startMillis = this.options.clock.monotonicMillis();
    let pauseMillis = RESUME_PAUSE_MILLIS;
    for (;;) {
      try {
        // The id of the old session lets a service that still holds it give it back.
        await this.#loginOnce(this.#accepted?.sessionId ?? 0n, this.options.requestTimeoutMillis);
        await this.listener.restore();
        this.listener.resumed(Math.round(this.options.clock.monotonicMillis() - startMillis));
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) throw error;
        if (!isPassing(error)) {
          this.#lose(error);
          throw error;
        }
        await this.#pause(pauseMillis);
        pauseMillis = Math.min(pauseMillis * 2, RESUME_PAUSE_MILLIS_MAX);
      }
    }
  }

  #lose(error: unknown): void {
    this.#accepted = undefined;
    this.#heartbeatTimer?.cancel();
    this.listener.lost(error);
  }

  /** Waits for a resume, but no longer than a request may take: the service may stay away for ever. */
  async #inTime(resuming: Promise<void>): Promise<void> {
    const over = new AbortController();
    const deadline = sleep(this.options.clock, this.options.requestTimeoutMillis, over.signal);
    await Promise.race([resuming, deadline.catch(() => undefined)]).finally(() => over.abort());
  }

  #pause(millis: number): Promise<void> {
    return sleep(this.options.clock, millis, this.#abort.signal);
  }
}

function isRefusal(error: unknown, table: "client" | "data", code: number): error is ImsError {
  return isImsError(error, "client.refused") && error.context.kind === table && error.context.code === code;
}

/** The service does not know the session. */
function isForgotten(error: unknown): boolean {
  return (
    isRefusal(error, "client", ClientErrorCode.NotLoggedIn) ||
    isRefusal(error, "data", DataErrorCode.ClientNotLoggedIn)
  );
}

/** Worth another attempt to log in: no answer yet, still starting, or the id not yet free. */
function isPassing(error: unknown): boolean {
  return (
    !isImsError(error, "client.refused") ||
    isForgotten(error) ||
    isRefusal(error, "client", ClientErrorCode.LoginError) ||
    isRefusal(error, "client", ClientErrorCode.AlreadyLoggedIn)
  );
}
