import { describeError, type ImsError } from "@ims/common";
import {
  type Command,
  type CommandCodec,
  encodeRequestFrame,
  IggyErrorCode,
  isMetadataOperation,
  isTransientError,
  Operation,
  xxh3,
} from "@ims/iggy-protocol";
import type { CallOptions } from "../client/client-options.js";
import { fail, refused } from "../errors.js";
import { CallDeadline } from "./call-deadline.js";
import { TRANSIENT_RETRY_MILLIS } from "./log-in.js";
import type { ServerConnection } from "./server-connection.js";
import { TurnQueue } from "./turn-queue.js";
import type { WireSession } from "./wire-session.js";

export interface RunOptions extends CallOptions {
  /** Send again on a new session after the connection was lost. Default: by the command's retry class. */
  readonly resend?: boolean;
  /** Wait until the session hooks are through, as sends do. */
  readonly afterHooks?: boolean;
}

export type CommandRow = Pick<Command<unknown, unknown>, "name" | "code" | "operation" | "retry">;

/** A row of the command table, as far as a caller needs it. */
export interface CallableCommand<Request, Reply> extends CommandRow {
  readonly codec: Pick<CommandCodec<Request, Reply>, "encodeRequest" | "decodeReply">;
}

type Answer =
  | { readonly kind: "success"; readonly payload: Uint8Array }
  | { readonly kind: "refused"; readonly code: number }
  /** `mayHaveRun` is false where the server certainly did not execute it. */
  | { readonly kind: "lost"; readonly mayHaveRun: boolean; readonly reason: ImsError };

/**
 * Runs single commands over whatever session there is: waits for one, keeps to the window, repeats transient refusals
 * with the same frame, and applies the resend policy of the command. The time of a call covers all of that.
 */
export class RequestRunner {
  private runningCount = 0;
  /** Servers answer 57 to a metadata request while another of the same client is being committed: one at a time. */
  private readonly metadataTurns = new TurnQueue();

  constructor(
    private readonly connection: ServerConnection,
    private readonly queueMax: number,
  ) {}

  async call<Request, Reply>(
    command: CallableCommand<Request, Reply>,
    request: Request,
    options: RunOptions = {},
  ): Promise<Reply> {
    const payload = await this.send(command, command.codec.encodeRequest(request), options);
    try {
      return command.codec.decodeReply(payload);
    } catch (cause) {
      if (command.retry === "read") throw cause;
      const detail = `${command.name} got an answer that cannot be read: ${describeError(cause)}`;
      throw fail("iggy-client.outcome-unknown", detail, { cause });
    }
  }

  /** Sends a body as it is and gives the payload of the reply, a view of received memory. */
  async send(command: CommandRow, body: Uint8Array, options: RunOptions = {}): Promise<Uint8Array> {
    const { clock, requestTimeoutMillis } = this.connection.dependencies;
    const timeoutMillis = options.timeoutMillis ?? requestTimeoutMillis;
    if (!(timeoutMillis > 0)) {
      throw fail("iggy-client.argument", `timeoutMillis is ${timeoutMillis}, it must be above 0`);
    }
    if (this.runningCount >= this.queueMax) {
      throw fail(
        "iggy-client.queue-full",
        `${command.name}: ${this.runningCount} requests are under way already`,
      );
    }
    this.runningCount++;
    const deadline = new CallDeadline(clock, timeoutMillis);
    try {
      if (!isMetadataOperation(command.operation)) return await this.run(command, body, options, deadline);
      if (!(await this.metadataTurns.take(deadline))) {
        throw fail(
          "iggy-client.not-connected",
          `${command.name} was not sent: an earlier change was not answered within ${timeoutMillis} ms`,
        );
      }
      try {
        return await this.run(command, body, options, deadline);
      } finally {
        this.metadataTurns.giveBack();
      }
    } finally {
      deadline.cancel();
      this.runningCount--;
    }
  }

  private async run(
    command: CommandRow,
    body: Uint8Array,
    options: RunOptions,
    deadline: CallDeadline,
  ): Promise<Uint8Array> {
    const { connection } = this;
    const resend = options.resend ?? (command.retry === "read" || command.retry === "repeatable");
    let earlier: ImsError | undefined;
    for (;;) {
      const session = await this.whenSession(options.afterHooks === true, deadline);
      if (!("submit" in session))
        throw earlier ? unknownOutcome(command.name, earlier) : notSent(command.name, session);
      const answer = await this.onSession(session, command, body, deadline, resend);
      if (answer.kind === "success") return answer.payload;
      if (answer.kind === "refused") throw refusal(command, answer.code);
      if (answer.mayHaveRun) {
        if (!resend || connection.terminal || deadline.ended)
          throw unknownOutcome(command.name, answer.reason);
        // A read that went out before and cannot go out again has no outcome to wonder about.
        if (command.retry !== "read") earlier = answer.reason;
        connection.dependencies.metrics.retried("resend");
      } else if (deadline.ended) {
        throw earlier ? unknownOutcome(command.name, earlier) : notSent(command.name, answer.reason);
      }
    }
  }

  /** One session's attempts: the frame keeps its request number, so a server recognises the repetition. */
  private async onSession(
    session: WireSession,
    command: CommandRow,
    body: Uint8Array,
    deadline: CallDeadline,
    resend: boolean,
  ): Promise<Answer> {
    let prepared: { frame: Uint8Array; requestNumber: number } | undefined;
    const prepare = () => {
      prepared ??= requestFrame(session, command, body);
      return prepared;
    };
    let mayHaveRun = false;
    for (;;) {
      const answer = await roundTrip(session, prepare, deadline);
      if (answer.kind === "lost") return { ...answer, mayHaveRun: answer.mayHaveRun || mayHaveRun };
      if (answer.kind === "success" || !isTransientError(answer.code)) return answer;
      if (answer.code === IggyErrorCode.TransientNotCommitted) {
        mayHaveRun = true;
        // It may be stored all the same, and unlike a change of metadata it is not recognised when it comes again.
        if (command.retry === "appends" && !resend)
          return { kind: "lost", mayHaveRun, reason: refusal(command, answer.code) };
      }
      if (deadline.leftMillis <= TRANSIENT_RETRY_MILLIS) return answer;
      await this.pause(deadline);
      if (deadline.ended) return answer;
      if (!session.isOpen) return { kind: "lost", mayHaveRun, reason: await session.ended };
      this.connection.dependencies.metrics.retried("transient");
    }
  }

  private pause(deadline: CallDeadline): Promise<void> {
    const { connection } = this;
    return deadline.wait<void>(
      (resolve) => {
        const wake = () => resolve();
        const timer = connection.dependencies.clock.setTimer(TRANSIENT_RETRY_MILLIS, wake);
        connection.closedSignal.addEventListener("abort", wake, { once: true });
        return () => {
          timer.cancel();
          connection.closedSignal.removeEventListener("abort", wake);
        };
      },
      () => undefined,
    );
  }

  /** The session to send on, or why there is none: the time is over, or there never will be one. */
  private whenSession(afterHooks: boolean, deadline: CallDeadline): Promise<WireSession | ImsError> {
    const { connection } = this;
    const current = () => {
      const session = afterHooks ? connection.readySession : connection.session;
      return session?.isOpen ? session : connection.terminal;
    };
    const present = current();
    if (present) return Promise.resolve(present);
    return deadline.wait<WireSession | ImsError>(
      (resolve) =>
        connection.onChange(() => {
          const found = current();
          if (found) resolve(found);
        }),
      () =>
        fail(
          "iggy-client.not-connected",
          `there is no session with ${connection.address} after ${deadline.timeoutMillis} ms`,
          { cause: connection.problem },
        ),
    );
  }
}

/** Waits for room in the window, then sends. The frame is made when it is sent, so numbers are in sending order. */
function roundTrip(
  session: WireSession,
  prepare: () => { frame: Uint8Array; requestNumber: number },
  deadline: CallDeadline,
): Promise<Answer> {
  let sent = false;
  const noReply = () =>
    sent
      ? `no reply within ${deadline.timeoutMillis} ms`
      : `no room on the wire within ${deadline.timeoutMillis} ms`;
  return deadline.wait<Answer>(
    (resolve) => {
      let leaveQueue = () => {};
      const attempt = () => {
        if (!session.isOpen) {
          void session.ended.then((reason) => resolve({ kind: "lost", mayHaveRun: false, reason }));
        } else if (!session.hasRoom) {
          leaveQueue = session.waitForRoom(attempt);
        } else {
          sent = true;
          const { frame, requestNumber } = prepare();
          const handler = {
            onReply: resolve,
            onLost: (reason: ImsError, _timedOut: boolean, denied?: boolean) =>
              resolve({ kind: "lost", mayHaveRun: !denied, reason }),
          };
          session.submit(frame, requestNumber, handler, deadline.timeoutMillis);
        }
      };
      attempt();
      return () => leaveQueue();
    },
    () => ({ kind: "lost", mayHaveRun: sent, reason: fail("iggy-client.not-connected", noReply()) }),
  );
}

function requestFrame(session: WireSession, command: CommandRow, body: Uint8Array) {
  const requestNumber = session.nextRequestNumber();
  const frame = encodeRequestFrame(
    {
      client: session.clientId,
      session: session.sessionNumber,
      request: requestNumber,
      operation: command.operation,
      code: command.operation === Operation.NonReplicated ? command.code : 0,
      requestChecksum: isMetadataOperation(command.operation) ? xxh3(body) : 0n,
    },
    body,
  );
  return { frame, requestNumber };
}

/**
 * 59 says that it was executed and the result is gone; after 57 a change may yet be executed (wire.md section 5). Any
 * other refusal is certain.
 */
function refusal(command: CommandRow, code: number): ImsError {
  const error = refused(command.name, code);
  const isOpen =
    code === IggyErrorCode.RequestAlreadyApplied ||
    (code === IggyErrorCode.TransientNotCommitted && command.retry !== "read");
  if (!isOpen) return error;
  return fail("iggy-client.outcome-unknown", error.message, { cause: error, context: error.context });
}

function unknownOutcome(what: string, reason: ImsError): ImsError {
  const detail = `${what} was sent and not answered: ${withoutAction(reason)}`;
  return fail("iggy-client.outcome-unknown", detail, { cause: reason });
}

function notSent(what: string, reason: ImsError): ImsError {
  if (reason.code === "iggy-client.closed") return reason;
  const cause = reason.code === "iggy-client.not-connected" ? (reason.cause ?? reason) : reason;
  return fail("iggy-client.not-connected", `${what} was not sent: ${withoutAction(reason)}`, { cause });
}

/** What happened, without the advice that another error appends again. */
function withoutAction(reason: ImsError): string {
  const end = reason.message.lastIndexOf(`. ${reason.action}`);
  return end < 0 ? reason.message : reason.message.slice(0, end);
}
