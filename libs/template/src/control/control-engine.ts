import { type Clock, DataErrorCode, DataType, describeError, type Logger, NO_RESOLUTION } from "@ims/common";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { InstrumentList } from "../publishing/instrument-list.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { CLOCK, LOGGER } from "../service/tokens.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import { FeedRunner } from "../subscriptions/feed-runner.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { PartitionOffsets } from "../topology/partition-offsets.js";
import { StreamTopology } from "../topology/stream-topology.js";
import type { Answer } from "./answer.js";
import { refuseData } from "./control-reply.js";
import { type ControlRequest, Delivery } from "./control-request.js";
import type { DecodedControlMessage } from "./decode-control-message.js";
import { ReplyWriter } from "./reply-writer.js";
import { RequestRouter, refusal } from "./request-router.js";
import { SymbolVerdicts } from "./symbol-verdicts.js";

interface Answered {
  readonly request: ControlRequest;
  readonly answer: Answer;
}

/** Between two times that the venue is asked for books of which records were lost. */
const RENEW_MILLIS = 2000;
/** Books asked for at a time: large ones must not fill the outgoing batches again. */
const RENEW_COUNT_MAX = 16;

/**
 * Carries out batches of control messages: asks the venue about symbols, lets the router decide, makes the feeds
 * follow, completes the answers and queues the replies. Calls must not overlap.
 */
@scoped(Lifecycle.ContainerScoped)
export class ControlEngine {
  #renewAtMillis = 0;

  constructor(
    @inject(SymbolVerdicts) private readonly verdicts: SymbolVerdicts,
    @inject(RequestRouter) private readonly router: RequestRouter,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(FeedRunner) private readonly feeds: FeedRunner,
    @inject(SbeSink) private readonly sink: SbeSink,
    @inject(InstrumentList) private readonly instruments: InstrumentList,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(PartitionOffsets) private readonly offsets: PartitionOffsets,
    @inject(ReplyWriter) private readonly replies: ReplyWriter,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Returns when the replies are delivered, or when that takes too long. Throws only if the broker cannot be asked. */
  async handle(messages: readonly DecodedControlMessage[]): Promise<void> {
    const requests = messages.flatMap((message) => (message.kind === "request" ? [message.request] : []));
    const verdicts = await this.verdicts.of(requests);
    const context = {
      nowMillis: this.clock.monotonicMillis(),
      verdict: (symbol: string) => verdicts.get(symbol),
      instrumentList: this.instruments.published,
    };
    const answered = requests.map((request) => ({ request, answer: this.router.route(request, context) }));
    await this.#complete(answered);
    for (const { request, answer } of answered) this.replies.answer(request, answer.reply);
    for (const message of messages) if (message.kind === "malformed") this.replies.malformed(message);
    await this.replies.flush();
  }

  /** Ends the sessions of clients that were silent too long, as if they had logged out. */
  async expireSessions(): Promise<void> {
    const expired = this.sessions.expire(this.clock.monotonicMillis());
    for (const { clientId } of expired) {
      this.counters.sessionsExpired++;
      const subscriptionsEnded = this.router.endSession(clientId);
      this.logger.info({ clientId, subscriptionsEnded }, "session expired");
    }
    if (expired.length > 0 || this.feeds.hasWork) await this.#followSubscriptions();
    await this.#renewBrokenBooks();
  }

  /** A book of which a record found no room is asked for again once there is some. */
  async #renewBrokenBooks(): Promise<void> {
    const { sink } = this;
    const nowMillis = this.clock.monotonicMillis();
    if (sink.brokenBookCount === 0 || !sink.accepting || nowMillis < this.#renewAtMillis) return;
    this.#renewAtMillis = nowMillis + RENEW_MILLIS;
    const symbols = sink.someBrokenBooks(RENEW_COUNT_MAX);
    await this.feeds.renew(
      symbols.map((symbol) => ({ dataType: DataType.Book, resolution: NO_RESOLUTION, symbol })),
    );
  }

  /** Offsets are taken before the feeds start: what a request causes lies behind the offset that it is told. */
  async #complete(answered: readonly Answered[]): Promise<void> {
    const fresh = answered.filter(({ answer }) => !answer.isComplete);
    for (const { answer } of fresh) await this.#fillIn(answer);
    const asked = fresh.flatMap(({ answer }) => answer.feed ?? []);
    // A reader that joins a book has to begin with all of it.
    const joined = asked.filter((feed) => feed.dataType === DataType.Book && this.feeds.isRunning(feed));
    const failures = await this.#followSubscriptions();
    await this.feeds.renew(distinct(joined));
    let withdrawn = false;
    for (const { request, answer } of fresh) {
      answer.isComplete = true;
      const error = answer.feed && failures.get(feedKey(answer.feed));
      if (error === undefined || answer.reply.kind !== "start-accepted") continue;
      this.subscriptions.remove(request.clientId, answer.feed!);
      withdrawn = true;
      const text = `The venue did not start ${answer.feed!.symbol}: ${describeError(error)}`;
      answer.reply = refusal(request, refuseData(DataErrorCode.StartFailed, text)).reply;
    }
    if (withdrawn) await this.#followSubscriptions();
  }

  async #fillIn(answer: Answer): Promise<void> {
    const { reply } = answer;
    if (reply.kind === "login-accepted") await this.#openClientStream(reply.clientId);
    if (reply.kind !== "start-accepted") return;
    const firstOffset =
      reply.delivery === Delivery.Shared
        ? this.offsets.next(reply.topic, reply.partitionId)
        : await this.topology.nextOffset(reply.stream, reply.topic);
    answer.reply = { ...reply, firstOffset };
  }

  /** Private readers first, so that the first record of a new feed finds them. */
  async #followSubscriptions(): Promise<Map<string, unknown>> {
    for (const feed of this.subscriptions.takeChangedFeeds()) this.sink.setReaders(feed, this.subscriptions);
    return this.feeds.reconcile();
  }

  /** A version 1 client gets no reply to its login, so its stream has to be there without one. */
  async #openClientStream(clientId: number): Promise<void> {
    try {
      await this.topology.ensureClientStream(clientId);
    } catch (error) {
      this.log.warn("client-stream", "the stream of a client could not be made yet", () => ({
        clientId,
        error: describeError(error),
      }));
    }
  }
}

function distinct(feeds: readonly Feed[]): Feed[] {
  return [...new Map(feeds.map((feed) => [feedKey(feed), feed])).values()];
}
