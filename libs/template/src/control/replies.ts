import type { Answer } from "./answer.js";
import type { Refusal } from "./control-reply.js";
import type { ControlRequest } from "./control-request.js";

/** What every reply repeats of its request. */
export function replyBase(request: ControlRequest) {
  return {
    generation: request.generation,
    requestType: request.templateId,
    clientId: request.clientId,
    sessionId: request.sessionId,
    requestId: request.requestId,
  } as const;
}

/** The reply that a request was carried out, and how many subscriptions it ended. */
export function accepted(request: ControlRequest, affectedCount: number, restartCount: number): Answer {
  return {
    isComplete: false,
    asked: [],
    added: [],
    reply: { kind: "accepted", ...replyBase(request), affectedCount, restartCount },
  };
}

/** The reply that says no; also for completing an answer whose feed could not be started. */
export function refusal(request: ControlRequest, why: Refusal): Answer {
  return {
    isComplete: false,
    asked: [],
    added: [],
    reply: { kind: "refused", ...replyBase(request), ...why },
  };
}
