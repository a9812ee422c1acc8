import {
  COMMANDS,
  encodeBatch,
  encodeSendRoute,
  encodeUserHeaders,
  FRAME_BYTES_MAX,
  HEADER_BYTES,
  type PollingStrategy,
  type SendPlacement,
} from "@ims/iggy-protocol";
import { randomClientId } from "../connection/log-in.js";
import type { RequestRunner } from "../connection/request-runner.js";
import type { ConnectionDependencies } from "../connection/server-connection.js";
import { fail } from "../errors.js";
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
      SEND_OWN_BATCH,
      { route: encodeSendRoute(stream, topic, partitioning, messageCount), batch },
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

/** The send command for a batch that was encoded here: it is valid and fits a frame, and is copied only once. */
const SEND_OWN_BATCH = {
  ...COMMANDS.sendMessages,
  codec: {
    encodeRequest: ({ route, batch }: { readonly route: Uint8Array; readonly batch: Uint8Array }) => {
      const frameBytes = HEADER_BYTES + route.length + batch.length;
      if (frameBytes > FRAME_BYTES_MAX) {
        throw fail(
          "iggy-client.argument",
          `a batch that needs a frame of ${frameBytes} bytes; servers take at most ${FRAME_BYTES_MAX}: send fewer messages at once`,
        );
      }
      const body = new Uint8Array(route.length + batch.length);
      body.set(route);
      body.set(batch, route.length);
      return body;
    },
    decodeReply: COMMANDS.sendMessages.codec.decodeReply,
  },
};

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
