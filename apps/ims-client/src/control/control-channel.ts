import { type Clock, type ExchangeId, exchangeName, streamNames } from "@ims/common";
import { serveCommand } from "../client/client-settings.js";
import { fail } from "../errors/client-errors.js";
import { IdleWait } from "../transport/idle-wait.js";
import type { ImsTransport } from "../transport/ims-transport.js";
import { PendingRequests } from "./pending-requests.js";
import type { ControlReply, RequestRefused } from "./reply.js";
import { ReplyReader } from "./reply-reader.js";
import { type ControlRequest, describeRequest, type RequestHeader } from "./request.js";
import { encodeRequest, requestTemplateId } from "./request-encoder.js";

export interface ControlChannelOptions {
  readonly exchange: ExchangeId;
  readonly clientId: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Requests to one service and their replies. Knows nothing of sessions: a request goes out with the session id that it
 * is given. Requests may overlap; a request stored twice by a repeated send is recognised by the service.
 */
export class ControlChannel {
  readonly #pending: PendingRequests;
  readonly #reader: ReplyReader;
  readonly #abort = new AbortController();
  #nextRequestId: number;

  constructor(
    private readonly transport: ImsTransport,
    private readonly options: ControlChannelOptions,
    /** Called for bytes in the client's own stream that are no reply. */
    onMalformed: (offset: number, reason: string) => void,
  ) {
    const names = streamNames(options.exchange);
    const place = { stream: names.clientStream(options.clientId), topic: names.dataTopic, partitionId: 0 };
    this.#pending = new PendingRequests(options.clock);
    this.#reader = new ReplyReader(
      place,
      transport,
      this.#pending,
      options.clock,
      this.#abort.signal,
      onMalformed,
    );
    // A random start, so that the replies to an earlier program under the same client id match no request of this one.
    this.#nextRequestId = Math.floor(options.random() * 2 ** 32) * 2 ** 16 + 1;
  }

  /** Ids rise with every call; a request repeated under its old id is carried out once. */
  newRequestId(): number {
    return this.#nextRequestId++;
  }

  /**
   * Sends a request and waits for the reply.
   * @throws ImsError `client.no-reply`, `client.refused` (context: table, code, text), `client.closed`
   */
  async request(
    request: ControlRequest,
    sessionId: bigint,
    timeoutMillis: number,
    requestId = this.newRequestId(),
  ): Promise<Exclude<ControlReply, RequestRefused>> {
    if (this.#abort.signal.aborted) throw closed();
    const header: RequestHeader = {
      sessionId,
      requestId,
      clientId: this.options.clientId,
      exchangeId: this.options.exchange,
      sentMicros: this.options.clock.nowMicros(),
    };
    const payload = encodeRequest(request, header);
    const waiting = this.#pending.wait(requestId, requestTemplateId(request), timeoutMillis);
    // Not awaited: a send that hangs in a lost connection must not outlive the request's own deadline.
    void this.#send(payload, requestId);
    const reply = await waiting;
    if (!reply && this.#abort.signal.aborted) throw closed();
    if (!reply) throw this.#noReply(request, timeoutMillis);
    if (reply.kind === "refused") throw refused(reply);
    return reply;
  }

  /** Waiting requests fail with `client.closed`; nothing is read or sent any more. */
  close(): void {
    this.#abort.abort();
    this.#pending.abandonAll();
  }

  /**
   * Sends until it succeeds or nobody waits any more. The outcome of a lost attempt does not matter: request ids make
   * a second copy harmless. Never rejects.
   */
  async #send(payload: Uint8Array, requestId: number): Promise<void> {
    const wait = new IdleWait(this.options.clock, this.#abort.signal);
    while (this.#pending.isWaiting(requestId)) {
      try {
        await this.#reader.prepare();
        if (await this.transport.sendControl(payload)) {
          this.#reader.wake();
          break;
        }
        this.#reader.lastFailure = undefined;
      } catch (error) {
        this.#reader.lastFailure = error;
      }
      if (this.#pending.isWaiting(requestId)) await wait.afterFailure();
    }
    wait.end();
  }

  #noReply(request: ControlRequest, timeoutMillis: number) {
    const { exchange } = this.options;
    const command = serveCommand(exchange);
    const hint = command ? ` Start it with: ${command}` : "";
    const seconds = Math.round(timeoutMillis / 100) / 10;
    return fail(
      "client.no-reply",
      `No reply from ${exchangeName(exchange)} to ${describeRequest(request)} within ${seconds} s; is the service running?${hint}`,
      {
        context: { exchange: exchangeName(exchange), request: request.kind, command },
        ...(this.#reader.lastFailure === undefined ? {} : { cause: this.#reader.lastFailure }),
      },
    );
  }
}

function closed() {
  return fail("client.closed", "The client was shut down while a request was under way");
}

function refused(reply: RequestRefused) {
  const text = reply.text.trim().replace(/\.$/, "") || "The service gave no reason";
  return fail("client.refused", text, {
    context: { kind: reply.table, code: reply.code, text: reply.text },
  });
}
