import { describeError, type ImsError, isImsError } from "@ims/common";
import type { ClientLog } from "../client/client-options.js";
import type { ClientMetrics } from "../diagnostics/client-metrics.js";
import { Listeners } from "../listeners.js";
import type { ConnectionEvents, EvictionNotice, Redirect } from "./connection-events.js";

/** Tells what becomes of a connection: to listeners, to the log, and to the metrics. */
export class ConnectionReports {
  readonly events: Listeners<ConnectionEvents>;
  /** What went wrong last, for messages. */
  lastProblem: Error | undefined;

  constructor(
    private readonly address: string,
    private readonly sinks: { readonly log?: ClientLog; readonly metrics: ClientMetrics },
  ) {
    this.events = new Listeners((error) =>
      sinks.log?.error({ error: describeError(error) }, "a listener of the client failed"),
    );
  }

  /** A session that was ready ended. */
  disconnected(reason: ImsError): void {
    this.lastProblem = reason;
    this.sinks.metrics.sessionLost();
    this.tellEviction(reason);
    this.sinks.log?.warn({ server: this.address, error: reason.message }, "the connection ended");
    this.events.emit("disconnected", reason);
  }

  /** An address gave no session, or a session hook failed. */
  attemptFailed(error: unknown): void {
    const shown = error instanceof Error ? error : new Error(describeError(error));
    this.lastProblem = shown;
    this.tellEviction(shown);
    this.sinks.log?.warn({ server: this.address, error: describeError(error) }, "no session yet");
    this.events.emit("error", shown);
  }

  redirected(redirect: Redirect): void {
    this.sinks.metrics.redirected();
    this.sinks.log?.info(redirect, "another node leads the cluster; going there");
    this.events.emit("redirected", redirect);
  }

  private tellEviction(error: Error): void {
    if (!isImsError(error) || typeof error.context.reason !== "number") return;
    const { reason, name } = error.context as unknown as EvictionNotice;
    this.sinks.metrics.evicted();
    this.events.emit("evicted", { reason, name });
  }
}
