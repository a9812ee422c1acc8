import { type ImsError, sleep } from "@ims/common";
import {
  type Command,
  encodeRequestFrame,
  isMetadataOperation,
  isTransientError,
  Operation,
  xxh3,
} from "@ims/iggy-protocol";
import { fail, refused } from "../errors.js";
import { TRANSIENT_RETRY_MILLIS } from "./log-in.js";
import type { ServerConnection } from "./server-connection.js";
import type { WireSession } from "./wire-session.js";

export interface CallOptions {
  /** Send again on a new session after the connection was lost. Default: by the command's retry class. */
  readonly resend?: boolean;
  /** Wait until the session hooks are through, as sends do. */
  readonly afterHooks?: boolean;
}

type CommandRow = Pick<Command<unknown, unknown>, "name" | "code" | "operation" | "retry">;

type Answer =
  | { readonly kind: "success"; readonly payload: Uint8Array }
  | { readonly kind: "refused"; readonly code: number }
  | { readonly kind: "lost"; readonly sent: boolean; readonly reason: ImsError };

/**
 * Runs single commands over whatever session there is: waits for one, keeps to the window, repeats transient refusals
 * with the same frame, and applies the resend policy of the command. Every call ends within the request timeout, or
 * twice that when a reply stays away on the last attempt.
 */
export class RequestRunner {
  private waitingCount = 0;
  /** Servers answer 57 to a metadata request while another of the same client is being committed: one at a time. */
  private metadataTail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: ServerConnection,
    private readonly queueMax: number,
  ) {}

  async call<Request, Reply>(
    command: Command<Request, Reply>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Reply> {
    const body = command.codec.encodeRequest(request);
    if (this.waitingCount >= this.queueMax) {
      throw fail(
        "iggy-client.queue-full",
        `${command.name}: ${this.waitingCount} requests are waiting already`,
      );
    }
    this.waitingCount++;
    try {
      const payload = await (isMetadataOperation(command.operation)
        ? this.inMetadataOrder(() => this.run(command, body, options))
        : this.run(command, body, options));
      return command.codec.decodeReply(payload);
    } finally {
      this.waitingCount--;
    }
  }

  private inMetadataOrder<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.metadataTail.then(run, run);
    this.metadataTail = result.catch(() => {});
    return result;
  }

  private async run(command: CommandRow, body: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    const { clock, requestTimeoutMillis } = this.connection.dependencies;
    const deadlineMillis = clock.monotonicMillis() + requestTimeoutMillis;
    const resend = options.resend ?? (command.retry === "read" || command.retry === "repeatable");
    for (;;) {
      const session = await this.whenSession(command.name, options.afterHooks === true, deadlineMillis);
      const answer = await this.onSession(session, command, body, deadlineMillis);
      if (answer.kind === "success") return answer.payload;
      if (answer.kind === "refused") throw refused(command.name, answer.code);
      const closed = this.connection.terminal;
      if (!answer.sent) {
        if (closed) throw notSent(command.name, closed);
      } else if (!resend || closed || clock.monotonicMillis() >= deadlineMillis) {
        throw fail(
          "iggy-client.outcome-unknown",
          `${command.name} was sent and not answered: ${answer.reason.message}`,
          {
            cause: answer.reason,
          },
        );
      }
    }
  }

  /** One session's attempts: the frame keeps its request number, so a server recognises the repetition. */
  private async onSession(
    session: WireSession,
    command: CommandRow,
    body: Uint8Array,
    deadlineMillis: number,
  ): Promise<Answer> {
    const { clock } = this.connection.dependencies;
    let prepared: { frame: Uint8Array; requestNumber: number } | undefined;
    const prepare = () => {
      prepared ??= requestFrame(session, command, body);
      return prepared;
    };
    for (;;) {
      const answer = await roundTrip(session, prepare);
      if (answer.kind !== "refused" || !isTransientError(answer.code)) return answer;
      if (clock.monotonicMillis() + TRANSIENT_RETRY_MILLIS > deadlineMillis) return answer;
      await sleep(clock, TRANSIENT_RETRY_MILLIS, this.connection.closedSignal).catch(() => {});
      if (!session.isOpen) return { kind: "lost", sent: true, reason: await session.ended };
    }
  }

  /** The session to send on; rejects with `iggy-client.not-connected` at the deadline or when there will be none. */
  private whenSession(what: string, afterHooks: boolean, deadlineMillis: number): Promise<WireSession> {
    const { connection } = this;
    const current = () => (afterHooks ? connection.readySession : connection.session);
    return new Promise((resolve, reject) => {
      const check = (): boolean => {
        const session = current();
        if (session?.isOpen) resolve(session);
        else if (connection.terminal) reject(notSent(what, connection.terminal));
        else return false;
        return true;
      };
      if (check()) return;
      const { clock } = connection.dependencies;
      const finish = () => {
        stop();
        timer.cancel();
      };
      const stop = connection.onChange(() => {
        if (check()) finish();
      });
      const timer = clock.setTimer(Math.max(0, deadlineMillis - clock.monotonicMillis()), () => {
        finish();
        reject(
          fail(
            "iggy-client.not-connected",
            `${what} was not sent, there is no session with ${connection.address}`,
            {
              cause: connection.problem,
            },
          ),
        );
      });
    });
  }
}

/** Waits for room in the window, then sends. The frame is made when it is sent, so numbers are in sending order. */
function roundTrip(
  session: WireSession,
  prepare: () => { frame: Uint8Array; requestNumber: number },
): Promise<Answer> {
  return new Promise((resolve) => {
    const attempt = () => {
      if (!session.isOpen) {
        void session.ended.then((reason) => resolve({ kind: "lost", sent: false, reason }));
      } else if (!session.hasRoom) {
        session.waitForRoom(attempt);
      } else {
        const { frame, requestNumber } = prepare();
        session.submit(frame, requestNumber, {
          onReply: resolve,
          onLost: (reason) => resolve({ kind: "lost", sent: true, reason }),
        });
      }
    };
    attempt();
  });
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

function notSent(what: string, reason: ImsError): ImsError {
  if (reason.code === "iggy-client.closed") return reason;
  return fail("iggy-client.not-connected", `${what} was not sent: ${reason.message}`, { cause: reason });
}
