import {
  COMMANDS,
  encodeBatch,
  encodeUserHeaders,
  type PollingStrategy,
  type SendPlacement,
} from "@ims/iggy-protocol";
import { randomClientId } from "../connection/log-in.js";
import type { RequestRunner } from "../connection/request-runner.js";
import type { ConnectionDependencies } from "../connection/server-connection.js";
import type { CallOptions } from "./client-options.js";
import type { PollRequest, PollStart, SendRequest } from "./client-requests.js";
import { PolledReply } from "./polled-reply.js";

/** Single sends and polls, without a producer or consumer around them. */
export class Messages {
  constructor(
    private readonly requests: RequestRunner,
    private readonly dependencies: ConnectionDependencies,
  ) {}

  async send(request: SendRequest, options: CallOptions = {}): Promise<readonly SendPlacement[]> {
    const { clock, random, metrics } = this.dependencies;
    const nowMicros = clock.nowMicros();
    const batch = encodeBatch(
      request.messages.map((message) => ({
        id: message.id ?? randomClientId(random),
        payload: message.payload,
        originMicros: message.originMicros ?? nowMicros,
        headers: message.headers ? encodeUserHeaders(message.headers) : undefined,
      })),
    );
    const { stream, topic, partitioning } = request;
    const messageCount = request.messages.length;
    const sentAtMillis = clock.monotonicMillis();
    metrics.batchSent(messageCount, batch.length);
    const placements = await this.requests.call(
      COMMANDS.sendMessages,
      { stream, topic, partitioning, messageCount, batch },
      { ...options, afterHooks: true, resend: request.resend === true },
    );
    metrics.batchConfirmed(messageCount, clock.monotonicMillis() - sentAtMillis);
    return placements;
  }

  async poll(request: PollRequest, options: CallOptions = {}): Promise<PolledReply> {
    const { stream, topic, partitionId, consumer, count } = request;
    const { metrics } = this.dependencies;
    const autoCommit = request.autoCommit === true;
    const strategy = pollingStrategy(request.strategy);
    const reply = await this.requests.call(
      POLL_IN_PLACE,
      { stream, topic, partitionId, consumer, count, autoCommit, strategy },
      { ...options, resend: !autoCommit },
    );
    metrics.polled(reply.messageCount, reply.bytes.length);
    if (request.verifyChecksums === false) return reply;
    try {
      reply.verifyChecksums();
    } catch (error) {
      metrics.checksumFailed();
      throw error;
    }
    return reply;
  }
}

/** The poll command with a reply that is not copied. */
const POLL_IN_PLACE = {
  ...COMMANDS.pollMessages,
  codec: {
    encodeRequest: COMMANDS.pollMessages.codec.encodeRequest,
    decodeReply: (payload: Uint8Array) => new PolledReply(payload),
  },
};

function pollingStrategy(start: PollStart): PollingStrategy {
  return "value" in start ? { kind: start.kind, value: BigInt(start.value) } : { kind: start.kind };
}
