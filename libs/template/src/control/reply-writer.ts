import { ClientErrorCode, type Clock, DataErrorCode, type ExchangeId, type Logger } from "@ims/common";
import { v1 } from "@ims/sbe";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { ClientOutboxes } from "../publishing/client-outboxes.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { CLOCK, EXCHANGE, LOGGER, SERVICE_VERSION } from "../service/tokens.js";
import type { ClientSession } from "../sessions/client-session.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import { type ControlReply, refuseClient, refuseData } from "./control-reply.js";
import type { ControlRequest } from "./control-request.js";
import type { DecodedControlMessage } from "./decode-control-message.js";
import { encodeReply, encodeVersion1Refusal } from "./encode-reply.js";
import { ForeignReplyLimit } from "./foreign-reply-limit.js";

/** Replies that the broker does not take in this time are delivered behind the next requests. */
const REPLY_MILLIS_MAX = 2000;

/**
 * Puts replies where their client reads them: version 2 in the client's own stream, one for every request; version 1
 * only refusals, on the control topic.
 */
@scoped(Lifecycle.ContainerScoped)
export class ReplyWriter {
  readonly #foreign = new ForeignReplyLimit();

  constructor(
    @inject(EXCHANGE) private readonly exchange: ExchangeId,
    @inject(SERVICE_VERSION) private readonly serviceVersion: string,
    @inject(ClientOutboxes) private readonly outboxes: ClientOutboxes,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Queues the reply to a request, and says in the log what was refused. */
  answer(request: ControlRequest, reply: ControlReply): void {
    this.counters.requestsHandled++;
    if (reply.kind === "refused") {
      this.counters.requestsRefused++;
      const { code, text: reason } = reply;
      this.log.warn(`refused-${reply.refusalKind}-${code}`, "request refused", () => ({
        clientId: request.clientId,
        request: request.kind,
        reason,
      }));
    } else if (request.kind === "login" || request.kind === "logout") {
      this.logger.info({ clientId: request.clientId }, request.kind);
    }
    this.#queue(reply);
  }

  /** Tells a client of version 1, which sends no heartbeats by which it would find out. */
  sessionExpired({ clientId, generation }: ClientSession): void {
    if (generation === 2) return;
    this.#queue({
      kind: "refused",
      generation,
      requestType: v1.ClientLoginEncoder.TEMPLATE_ID,
      clientId,
      sessionId: 0n,
      requestId: 0n,
      ...refuseClient(ClientErrorCode.NotLoggedIn, "The session ended, since no request came for its time."),
    });
  }

  /** Counts and logs bytes that are no request, and answers them if they tell who sent them. */
  malformed(message: Extract<DecodedControlMessage, { kind: "malformed" }>): void {
    const { reason, detail, sender } = message;
    this.counters.requestsMalformed++;
    this.log.warn(`malformed-${reason}`, "a control message is no valid request", () => ({
      reason,
      detail,
      clientId: sender?.clientId,
    }));
    if (!sender) return;
    this.#queue({
      kind: "refused",
      ...sender,
      requestType: sender.templateId,
      ...refuseData(
        DataErrorCode.MalformedRequest,
        `The request cannot be read (${detail}) Encode it with the current schema.`,
      ),
    });
  }

  /** Waits until the replies are delivered, unless that takes too long. */
  async flush(): Promise<void> {
    if (!(await this.outboxes.flush(REPLY_MILLIS_MAX))) {
      this.log.warn("replies-late", "replies are not delivered yet; the broker is slow or away", () => ({}));
    }
    this.outboxes.release((clientId) => this.sessions.get(clientId) !== undefined);
  }

  #queue(reply: ControlReply): void {
    if (reply.generation === 1) {
      if (reply.kind === "refused") this.outboxes.replyOnControlTopic(encodeVersion1Refusal(reply));
      return;
    }
    const session = this.sessions.get(reply.clientId);
    const isForeign = session !== undefined && session.sessionId !== reply.sessionId;
    if (isForeign && !this.#foreign.admits(reply.clientId, this.clock.monotonicMillis())) {
      this.counters.repliesLost++;
      this.log.warn("foreign-replies", "refusals of requests with a foreign session id are not sent", () => ({
        clientId: reply.clientId,
      }));
      return;
    }
    const { exchange, serviceVersion } = this;
    const bytes = encodeReply(reply, { exchange, serviceVersion, nowMicros: this.clock.nowMicros() });
    this.outboxes.reply(reply.clientId, bytes, session !== undefined);
  }
}
