import {
  committedOperation,
  IggyErrorCode,
  Operation,
  type RequestHeader,
  refusalBody,
  successBody,
} from "@ims/iggy-protocol";
import type { BrokerContext } from "../handlers/broker-context.js";
import type { Caller } from "../handlers/caller.js";
import { METADATA_COMMANDS } from "../handlers/metadata-commands.js";
import { Refusal, statusRefusal } from "../handlers/refusal.js";
import type { Session } from "../session/session-table.js";
import { committedReply } from "./reply-frames.js";

const NOTHING = new Uint8Array(0);

/** One metadata request of a session. */
export interface MetadataRequest {
  readonly header: RequestHeader;
  readonly body: Uint8Array;
  readonly session: Session;
  readonly caller: Caller;
  /** Whether the session is still that of its connection. */
  readonly isCurrent: () => boolean;
}

/**
 * Executes a request once, alone and in the one global order, or finds the reply that it had before (wire.md section
 * 4.4).
 * @returns the frame to answer with
 * @throws Refusal (rejected) for what is denied before it gets its place in the order
 */
export async function executeMetadata(context: BrokerContext, request: MetadataRequest): Promise<Uint8Array> {
  const { header, body, session, caller, isCurrent } = request;
  const { metadata, partitions, sessions, clock } = context;
  const command = METADATA_COMMANDS.get(header.operation);
  if (command === undefined) {
    const isKnown =
      header.operation >= Operation.CreateStream && header.operation <= Operation.LeaveConsumerGroup;
    throw statusRefusal(isKnown ? IggyErrorCode.FeatureUnavailable : IggyErrorCode.InvalidCommand);
  }
  const decide = await command(context, body, caller);
  // Three requests are rewritten before they enter the log; what the log refuses carries the rewritten operation too.
  const operation = committedOperation(header.operation);
  const reply = (replyBody: Uint8Array, replyOperation: number = operation) =>
    committedReply(header, replyBody, {
      operation: replyOperation,
      sequence: metadata.sequence,
      nowMicros: clock.nowMicros(),
    });
  return metadata.exclusive(async () => {
    const admission = sessions.admit(session, header.request, header.requestChecksum);
    if (admission.kind === "repeated") return admission.reply;
    if (admission.kind === "applied") {
      return reply(refusalBody(IggyErrorCode.RequestAlreadyApplied), header.operation);
    }
    let frame: Uint8Array;
    let repeatedFrame: Uint8Array | undefined;
    try {
      const { change, applied, payload, repeatedAs } = decide();
      if (change !== undefined) partitions.remove((await metadata.commit(change)).droppedStorageIds);
      // A session that ended on the way here must not become a member of a group.
      if (change !== undefined || isCurrent()) applied?.();
      frame = reply(successBody(operation, payload?.() ?? NOTHING));
      if (repeatedAs !== undefined) repeatedFrame = reply(refusalBody(repeatedAs));
    } catch (error) {
      if (!(error instanceof Refusal) || error.channel === "status") throw error;
      frame = reply(refusalBody(error.code));
    }
    sessions.record(session, header.request, header.requestChecksum, repeatedFrame ?? frame);
    return frame;
  });
}
