import { backoffMillis, type Clock, describeError, ImsError, sleep } from "@ims/common";
import { COMMANDS } from "@ims/iggy-protocol";
import type { ClientLog, ConnectionSettings, ServerAddress } from "../client/client-options.js";
import type { ClientMetrics } from "../diagnostics/client-metrics.js";
import { fail } from "../errors.js";
import type { Listeners } from "../listeners.js";
import { AddressRound } from "./address-round.js";
import type { ByteStream, Dialer } from "./byte-stream.js";
import type { ConnectionEvents } from "./connection-events.js";
import { ConnectionReports } from "./connection-reports.js";
import { exchange } from "./exchange.js";
import { findLeader, watchLeader } from "./find-leader.js";
import { startHeartbeat } from "./heartbeat.js";
import { logIn } from "./log-in.js";
import { formatAddress } from "./server-address.js";
import { type SessionHook, SessionHooks } from "./session-hooks.js";
import { WireSession } from "./wire-session.js";

export interface ConnectionDependencies {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log?: ClientLog;
  readonly requestTimeoutMillis: number;
  readonly inFlightMax: number;
  readonly frameBytesMax: number;
  readonly dial: Dialer;
  readonly metrics: ClientMetrics;
}

const DIAL_TIMEOUT_MILLIS = 10_000;
const LOGOUT_TIMEOUT_MILLIS = 1000;
/** With other addresses at hand, a server that answers 58 to the login is left after this time. */
const NOT_ACCEPTED_MILLIS = 2000;

/** How a connection ended that was no failure to connect. */
type End =
  | { readonly kind: "lost"; readonly reason: ImsError }
  | { readonly kind: "redirect"; readonly to: ServerAddress };

/**
 * Keeps a session alive: dials, logs in, goes to the leader, runs the session hooks, sends heartbeats, and begins anew
 * after a pause when the connection ends. `session` is there from the login on, `readySession` from the end of the
 * hooks on; neither while closing.
 */
export class ServerConnection {
  private readonly reports: ConnectionReports;
  /** All addresses of the settings, for messages. */
  readonly address: string;
  private readonly seeds: readonly ServerAddress[];
  private readonly round: AddressRound;
  private wire: WireSession | undefined;
  private ready = false;
  private readonly hooks = new SessionHooks();
  private readonly stopped = new AbortController();
  private readonly changeListeners = new Set<() => void>();
  private stopHeartbeat = () => {};
  private running: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private closeReason: ImsError | undefined;
  /** Why no further attempt is made. */
  private gaveUp: ImsError | undefined;
  private sessionSinceMillis = Number.NEGATIVE_INFINITY;
  /** Rounds through all addresses since the last session that was ready. */
  private failedRounds = 0;

  constructor(
    readonly settings: ConnectionSettings,
    readonly dependencies: ConnectionDependencies,
  ) {
    const { host, port, tls, otherAddresses } = settings;
    this.seeds = [{ host, port, tls }, ...(otherAddresses ?? [])];
    this.round = new AddressRound(this.seeds);
    this.address = this.seeds.map(formatAddress).join(", ");
    this.reports = new ConnectionReports(this.address, dependencies);
  }

  get events(): Listeners<ConnectionEvents> {
    return this.reports.events;
  }

  get session(): WireSession | undefined {
    return this.closeReason ? undefined : this.wire;
  }

  get readySession(): WireSession | undefined {
    return this.ready ? this.session : undefined;
  }

  get closedSignal(): AbortSignal {
    return this.stopped.signal;
  }

  /** What went wrong last, for messages. */
  get problem(): Error | undefined {
    return this.reports.lastProblem;
  }

  get seedCount(): number {
    return this.seeds.length;
  }

  /** The reason when there will never be a session again. */
  get terminal(): ImsError | undefined {
    return this.closeReason ?? this.gaveUp;
  }

  /** Awaited after every login, before `readySession` is there. A hook that fails ends the session; it is tried again. */
  addHook(hook: SessionHook): () => void {
    return this.hooks.add(hook);
  }

  start(): void {
    this.running ??= this.keepConnected();
  }

  /** Calls `listener` at every change: session made, ready, lost, given up or closed. Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => void this.changeListeners.delete(listener);
  }

  /**
   * Logs out, closes the connection and cancels every timer. Calls that were not sent end with `iggy-client.closed`,
   * those that were have the time of the logout, a second, to be answered.
   */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    const reason = fail("iggy-client.closed", `the client of ${this.address} was closed`);
    this.closeReason = reason;
    this.stopHeartbeat();
    this.notify();
    const { wire } = this;
    // Where there is no room, the server logs the session out by itself when the connection goes.
    if (wire?.isOpen && wire.hasRoom) {
      const answer = await exchange(wire, COMMANDS.logout, this.dependencies.clock, LOGOUT_TIMEOUT_MILLIS);
      if (answer?.kind === "success") this.events.emit("signedOut");
    }
    this.stopped.abort(reason);
    await this.running;
    this.events.emit("closed");
  }

  private async keepConnected(): Promise<void> {
    const { round } = this;
    while (!this.closeReason) {
      const address = round.next();
      if (!address) {
        if (++this.failedRounds > this.settings.reconnectAttemptsMax) {
          const { lastProblem } = this.reports;
          this.gaveUp = lastProblem instanceof ImsError ? lastProblem : hookFault(lastProblem);
          this.notify();
          return;
        }
        await this.pause();
        round.begin();
        continue;
      }
      const end = await this.connectTo(address);
      if (!end || this.closeReason) continue;
      if (end.kind === "redirect") {
        this.follow(address, end.to);
      } else {
        this.reports.disconnected(end.reason);
        await this.pause();
        round.beginWithLast();
      }
    }
  }

  /** Like {@link oneSession}; what it throws is a failed attempt too. */
  private async connectTo(address: ServerAddress): Promise<End | undefined> {
    try {
      return await this.oneSession(address);
    } catch (error) {
      if (this.closeReason) return undefined;
      this.reports.attemptFailed(error);
      return undefined;
    }
  }

  private follow(from: ServerAddress, to: ServerAddress): void {
    try {
      this.round.redirect(to);
    } catch (error) {
      this.reports.attemptFailed(error);
      return;
    }
    this.reports.redirected({ from: formatAddress(from), to: formatAddress(to) });
  }

  private async pause(): Promise<void> {
    const { clock, random } = this.dependencies;
    const { reconnectMillis, reconnectMillisMax, reestablishMillis = 0 } = this.settings;
    const pauseMillis = backoffMillis(this.failedRounds, reconnectMillis, reconnectMillisMax, random);
    const restMillis = this.sessionSinceMillis + reestablishMillis - clock.monotonicMillis();
    await sleep(clock, Math.max(pauseMillis, restMillis), this.stopped.signal).catch(() => {});
  }

  /** From dialing to the end of the session; rejects when nothing came of it. */
  private async oneSession(address: ServerAddress): Promise<End> {
    const { dial, clock } = this.dependencies;
    const dialTimeoutMillis = this.settings.dialTimeoutMillis ?? DIAL_TIMEOUT_MILLIS;
    const stream = await dial(address, dialTimeoutMillis, clock, this.stopped.signal);
    stream.setNoDelay(this.settings.noDelay);
    const wire = new WireSession(stream, this.dependencies);
    const abort = () => wire.destroy(this.stopped.signal.reason as ImsError);
    this.stopped.signal.addEventListener("abort", abort, { once: true });
    if (this.stopped.signal.aborted) abort();
    try {
      return await this.useSession(wire, stream, address);
    } catch (error) {
      wire.destroy(error instanceof ImsError ? error : hookFault(error));
      throw error;
    } finally {
      this.stopped.signal.removeEventListener("abort", abort);
      this.stopHeartbeat();
      this.ready = false;
      this.wire = undefined;
      this.notify();
    }
  }

  private async useSession(wire: WireSession, stream: ByteStream, address: ServerAddress): Promise<End> {
    const { clock, random, requestTimeoutMillis, metrics, log } = this.dependencies;
    const { signal } = this.stopped;
    const login = await logIn(wire, this.settings.credentials, {
      clock,
      random,
      timeoutMillis: requestTimeoutMillis,
      signal,
      notAcceptedMillis: this.seeds.length > 1 ? NOT_ACCEPTED_MILLIS : requestTimeoutMillis,
    });
    const leaderElsewhere = () =>
      this.settings.followLeader === false
        ? Promise.resolve(undefined)
        : findLeader(wire, address, stream.remoteAddress, { clock, log, signal });
    const leader = await leaderElsewhere();
    if (leader) {
      wire.destroy(redirected(leader));
      return { kind: "redirect", to: leader };
    }
    this.wire = wire;
    this.sessionSinceMillis = clock.monotonicMillis();
    metrics.sessionMade();
    const { userId, session, serverVersion, serverProtocolVersion } = login;
    log?.debug({ server: serverVersion, session: session.toString() }, "logged in");
    const signedIn = {
      address: formatAddress(address),
      userId,
      session,
      serverVersion,
      serverProtocolVersion,
    };
    this.events.emit("signedIn", signedIn);
    this.notify();
    await this.hooks.run(wire);
    if (this.closeReason) throw await wire.ended;
    this.ready = true;
    this.failedRounds = 0;
    this.round.onSession();
    this.stopHeartbeat = startHeartbeat(wire, this.settings.heartbeatMillis, clock, requestTimeoutMillis);
    this.events.emit("connected");
    this.notify();
    let newLeader: ServerAddress | undefined;
    watchLeader(wire, leaderElsewhere, (found) => {
      newLeader = found;
      wire.destroy(redirected(found));
    });
    const reason = await wire.ended;
    if (!newLeader) return { kind: "lost", reason };
    this.reports.disconnected(reason);
    return { kind: "redirect", to: newLeader };
  }

  private notify(): void {
    for (const listener of [...this.changeListeners]) {
      try {
        listener();
      } catch (error) {
        this.dependencies.log?.error({ error: describeError(error) }, "a part of the client failed");
      }
    }
  }
}

function redirected(to: ServerAddress): ImsError {
  return fail("iggy-client.redirected", `the cluster is led by ${formatAddress(to)}`);
}

function hookFault(cause: unknown): ImsError {
  return fail("iggy-client.connection-lost", `a session hook failed: ${describeError(cause)}`, { cause });
}
