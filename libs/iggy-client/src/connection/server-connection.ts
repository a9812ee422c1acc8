import { backoffMillis, type Clock, describeError, ImsError, sleep, type TimerHandle } from "@ims/common";
import { COMMANDS, encodeRequestFrame, Operation } from "@ims/iggy-protocol";
import type { ClientLog, ConnectionSettings } from "../client/client-options.js";
import { fail } from "../errors.js";
import { Listeners } from "../listeners.js";
import { dial } from "./dial.js";
import { logIn } from "./log-in.js";
import { WireSession } from "./wire-session.js";

export interface ConnectionEvents {
  /** A session is there and every session hook is through. */
  connected: [];
  disconnected: [error: ImsError];
  evicted: [eviction: { readonly reason: number; readonly name: string }];
  /** An attempt to connect failed, or a listener or hook threw. */
  error: [error: Error];
}

export interface ConnectionDependencies {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log?: ClientLog;
  readonly requestTimeoutMillis: number;
  readonly inFlightMax: number;
  readonly frameBytesMax: number;
}

const DIAL_TIMEOUT_MILLIS = 10_000;
const LOGOUT_TIMEOUT_MILLIS = 1000;

/**
 * Keeps a session alive: dials, logs in, runs the session hooks, sends heartbeats, and begins anew after a pause when
 * the connection ends. `session` is there from the login on, `readySession` from the end of the hooks on.
 */
export class ServerConnection {
  session: WireSession | undefined;
  readonly events: Listeners<ConnectionEvents>;
  private ready = false;
  private readonly hooks = new Set<() => Promise<void>>();
  private readonly stopped = new AbortController();
  private readonly changeListeners = new Set<() => void>();
  private heartbeat: TimerHandle | undefined;
  private run: Promise<void> | undefined;
  private lastProblem: Error | undefined;
  /** Why no further attempt is made. */
  private gaveUp: ImsError | undefined;

  constructor(
    readonly settings: ConnectionSettings,
    readonly dependencies: ConnectionDependencies,
  ) {
    this.events = new Listeners((error) =>
      dependencies.log?.error({ error: describeError(error) }, "a listener of the client failed"),
    );
  }

  get readySession(): WireSession | undefined {
    return this.ready ? this.session : undefined;
  }

  get closedSignal(): AbortSignal {
    return this.stopped.signal;
  }

  /** What went wrong last, for messages. */
  get problem(): Error | undefined {
    return this.lastProblem;
  }

  /** Awaited after every login, before `readySession` is there. A hook that fails ends the session; it is tried again. */
  addHook(hook: () => Promise<void>): () => void {
    this.hooks.add(hook);
    return () => void this.hooks.delete(hook);
  }

  start(): void {
    this.run ??= this.keepConnected();
  }

  /** Calls `listener` at every change: session made, ready, lost, given up or closed. Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => void this.changeListeners.delete(listener);
  }

  /** The reason when there will never be a session again. */
  get terminal(): ImsError | undefined {
    return this.stopped.signal.aborted ? (this.stopped.signal.reason as ImsError) : this.gaveUp;
  }

  /** Logs out, closes the socket and cancels every timer. Pending requests are lost with `iggy-client.closed`. */
  async close(): Promise<void> {
    if (!this.stopped.signal.aborted) {
      const reason = fail("iggy-client.closed", `the client of ${this.address} was closed`);
      const { session } = this;
      if (session?.isOpen) await this.logOut(session);
      this.stopped.abort(reason);
      this.session?.destroy(reason);
      this.notify();
    }
    await this.run;
  }

  get address(): string {
    return `${this.settings.host}:${this.settings.port}`;
  }

  private async keepConnected(): Promise<void> {
    const { clock, random } = this.dependencies;
    const { reconnectMillis, reconnectMillisMax, reconnectAttemptsMax } = this.settings;
    let attempt = 0;
    while (!this.stopped.signal.aborted) {
      try {
        const reason = await this.oneSession(() => {
          attempt = 0;
        });
        if (this.stopped.signal.aborted) return;
        this.onDisconnected(reason);
      } catch (error) {
        if (this.stopped.signal.aborted) return;
        this.report(error);
        if (++attempt > reconnectAttemptsMax) {
          this.gaveUp = error as ImsError;
          this.notify();
          return;
        }
      }
      const pauseMillis = backoffMillis(attempt, reconnectMillis, reconnectMillisMax, random);
      await sleep(clock, pauseMillis, this.stopped.signal).catch(() => {});
    }
  }

  /** From dialing to the end of the session; rejects when there never was a ready one. */
  private async oneSession(onReady: () => void): Promise<ImsError> {
    const { clock, random, requestTimeoutMillis, inFlightMax, frameBytesMax, log } = this.dependencies;
    const socket = await dial(this.settings, DIAL_TIMEOUT_MILLIS, clock, this.stopped.signal);
    const wire = new WireSession(socket, { clock, requestTimeoutMillis, inFlightMax, frameBytesMax, log });
    const abort = () => wire.destroy(this.stopped.signal.reason as ImsError);
    this.stopped.signal.addEventListener("abort", abort, { once: true });
    try {
      const login = { clock, random, timeoutMillis: requestTimeoutMillis, signal: this.stopped.signal };
      const reply = await logIn(wire, this.settings.credentials, login);
      log?.debug({ server: reply.serverVersion, session: reply.session.toString() }, "logged in");
      this.session = wire;
      this.notify();
      await this.runHooks(wire);
      if (!wire.isOpen) throw await wire.ended;
      this.ready = true;
      onReady();
      this.armHeartbeat(wire);
      this.events.emit("connected");
      this.notify();
      return await wire.ended;
    } catch (error) {
      wire.destroy(error instanceof ImsError ? error : connectionFault(error));
      throw error;
    } finally {
      this.stopped.signal.removeEventListener("abort", abort);
      this.heartbeat?.cancel();
      this.ready = false;
      this.session = undefined;
      this.notify();
    }
  }

  private async runHooks(wire: WireSession): Promise<void> {
    for (const hook of this.hooks) {
      const end = await Promise.race([hook(), wire.ended]);
      if (end) throw end;
    }
  }

  private armHeartbeat(wire: WireSession): void {
    const { heartbeatMillis } = this.settings;
    if (heartbeatMillis === 0 || !wire.isOpen) return;
    this.heartbeat = this.dependencies.clock.setTimer(heartbeatMillis, () => {
      const again = () => this.armHeartbeat(wire);
      // A full window is sign of life enough, and its oldest reply is watched.
      if (!wire.hasRoom) return again();
      const requestNumber = wire.nextRequestNumber();
      const fields = {
        client: wire.clientId,
        session: wire.sessionNumber,
        request: requestNumber,
        operation: COMMANDS.ping.operation,
        code: COMMANDS.ping.code,
      };
      wire.submit(encodeRequestFrame(fields, new Uint8Array(0)), requestNumber, {
        onReply: again,
        onLost: () => {},
      });
    });
  }

  private async logOut(wire: WireSession): Promise<void> {
    const requestNumber = wire.nextRequestNumber();
    const fields = {
      client: wire.clientId,
      session: wire.sessionNumber,
      request: requestNumber,
      operation: Operation.Logout,
    };
    await new Promise<void>((resolve) => {
      const finish = () => {
        timer.cancel();
        resolve();
      };
      const timer = this.dependencies.clock.setTimer(LOGOUT_TIMEOUT_MILLIS, finish);
      wire.submit(encodeRequestFrame(fields, new Uint8Array(0)), requestNumber, {
        onReply: finish,
        onLost: finish,
      });
    });
  }

  private onDisconnected(reason: ImsError): void {
    this.lastProblem = reason;
    if (reason.code === "iggy-client.evicted") {
      const { reason: number, name } = reason.context as { reason: number; name: string };
      this.events.emit("evicted", { reason: number, name });
    }
    this.dependencies.log?.warn({ server: this.address, error: reason.message }, "the connection ended");
    this.events.emit("disconnected", reason);
  }

  private report(error: unknown): void {
    const shown = error instanceof Error ? error : new Error(describeError(error));
    this.lastProblem = shown;
    this.dependencies.log?.warn({ server: this.address, error: describeError(error) }, "no session yet");
    this.events.emit("error", shown);
  }

  private notify(): void {
    for (const listener of [...this.changeListeners]) listener();
  }
}

function connectionFault(cause: unknown): ImsError {
  return fail("iggy-client.connection-lost", `a session hook failed: ${describeError(cause)}`, { cause });
}
