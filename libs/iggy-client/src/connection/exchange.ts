import type { Clock } from "@ims/common";
import { type Command, encodeRequestFrame, Operation, type ReplyOutcome } from "@ims/iggy-protocol";
import type { WireSession } from "./wire-session.js";

type Outcome = Exclude<ReplyOutcome, { kind: "evicted" }>;

const NO_BODY = new Uint8Array(0);

/**
 * Sends a command without a body for the connection's own needs, outside any queue. Resolves with `undefined` when the
 * session ends or the time is over first; never rejects. The caller has looked at `hasRoom`.
 * @param patienceMillis how long the answer may take before it costs the server the connection, where that is longer
 *   than for others
 */
export function exchange(
  wire: WireSession,
  command: Pick<Command<unknown, unknown>, "operation" | "code">,
  clock: Clock,
  timeoutMillis: number,
  patienceMillis = 0,
): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const finish = (outcome: Outcome | undefined) => {
      timer.cancel();
      resolve(outcome);
    };
    const requestNumber = wire.nextRequestNumber();
    const timer = clock.setTimer(timeoutMillis, () => {
      // What may stay unanswered must not keep its place on the wire, or calls behind it would wait for nothing.
      if (patienceMillis > timeoutMillis) wire.forget(requestNumber);
      resolve(undefined);
    });
    const frame = encodeRequestFrame(
      {
        client: wire.clientId,
        session: wire.sessionNumber,
        request: requestNumber,
        operation: command.operation,
        code: command.operation === Operation.NonReplicated ? command.code : 0,
      },
      NO_BODY,
    );
    const handler = { onReply: finish, onLost: () => finish(undefined) };
    wire.submit(frame, requestNumber, handler, patienceMillis);
  });
}
