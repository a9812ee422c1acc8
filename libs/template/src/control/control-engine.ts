import { type Clock, DataErrorCode, DataType, Delivery, describeError, type Logger } from "@ims/common";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { BOOK_DATA_TYPES } from "../publishing/broken-books.js";
import { InstrumentList } from "../publishing/instrument-list.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { CLOCK, LOGGER } from "../service/tokens.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import { StateKeeper } from "../sessions/state-keeper.js";
import { ConfiguredFeeds } from "../subscriptions/configured-feeds.js";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import { FeedRunner } from "../subscriptions/feed-runner.js";
import { RestoredFeeds } from "../subscriptions/restored-feeds.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { LastTrades } from "../topology/last-trades.js";
import { PartitionOffsets } from "../topology/partition-offsets.js";
import { StreamTopology } from "../topology/stream-topology.js";
import type { Answer } from "./answer.js";
import { refuseData } from "./control-reply.js";
import type { ControlRequest } from "./control-request.js";
import type { DecodedControlMessage } from "./decode-control-message.js";
import { refusal } from "./replies.js";
import { ReplyWriter } from "./reply-writer.js";
import { RequestRouter } from "./request-router.js";
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
    @inject(RestoredFeeds) private readonly restored: RestoredFeeds,
    @inject(LastTrades) private readonly lastTrades: LastTrades,
    @inject(ConfiguredFeeds) private readonly configured: ConfiguredFeeds,
    @inject(StateKeeper) private readonly keeper: StateKeeper,
    @inject(ReplyWriter) private readonly replies: ReplyWriter,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes over what an earlier run left; once, before anything else. Rejects while the broker cannot be asked. */
  restore(): Promise<void> {
    return this.restored.restore();
  }

  /** Whether every feed that the configuration asks for was asked for. */
  get isSettled(): boolean {
    return this.configured.isSettled;
  }

  /** The broker may have lost what was written to it. */
  brokerCameBack(): void {
    this.keeper.distrust();
  }

  /** Returns when the replies are delivered, or when that takes too long. Throws only if the broker cannot be asked. */
  async handle(messages: readonly DecodedControlMessage[]): Promise<void> {
    await this.#prepareFeeds();
    const requests = messages.flatMap((message) => (message.kind === "request" ? [message.request] : []));
    const verdicts = await this.verdicts.of(requests);
    const context = {
      nowMillis: this.clock.monotonicMillis(),
      verdict: (symbol: string) => verdicts.get(symbol),
      instrumentList: this.instruments.published,
    };
    const answered = requests.map((request) => ({ request, answer: this.router.route(request, context) }));
    await this.#complete(answered);
    // A client that was answered must not be forgotten by a restart.
    await this.keeper.flush();
    let next = 0;
    for (const message of messages) {
      if (message.kind === "malformed") this.replies.malformed(message);
      if (message.kind === "request") this.replies.answer(message.request, answered[next++]!.answer.reply);
    }
    await this.replies.flush();
  }

  /**
   * What is due without a request: ends the sessions of clients that were silent too long, as if they had logged out,
   * follows the configured feeds, and tries again what failed.
   * @throws `service.feeds-not-served` when the venue's list has none of the configured symbols
   */
  async tick(): Promise<void> {
    const wasReleased = await this.#prepareFeeds();
    this.#expireSessions();
    if (wasReleased || this.subscriptions.hasChangedFeeds || this.feeds.hasWork) {
      await this.#followSubscriptions();
    }
    await this.keeper.flush();
    await this.#renewBrokenBooks();
  }

  /** Configured feeds first: what ran before a restart is taken up again only where it is still wanted. */
  async #prepareFeeds(): Promise<boolean> {
    this.configured.follow();
    return this.configured.isSettled && (await this.restored.settle());
  }

  #expireSessions(): void {
    for (const session of this.sessions.expired(this.clock.monotonicMillis())) {
      this.counters.sessionsExpired++;
      const { clientId } = session;
      const feeds = this.subscriptions.feedsOf(clientId);
      const subscriptionsEnded = this.router.endSession(clientId);
      for (const feed of feeds) {
        if (feed.dataType === DataType.Trade && !this.subscriptions.isWanted(feed)) {
          this.lastTrades.interrupt(feed.symbol);
        }
      }
      this.logger.info({ clientId, subscriptionsEnded }, "session expired");
      this.replies.sessionExpired(session);
    }
  }

  /** A book of which a record found no room is asked for again once there is some. */
  async #renewBrokenBooks(): Promise<void> {
    const { sink } = this;
    const nowMillis = this.clock.monotonicMillis();
    if (sink.brokenBookCount === 0 || !sink.accepting || nowMillis < this.#renewAtMillis) return;
    this.#renewAtMillis = nowMillis + RENEW_MILLIS;
    await this.feeds.renew(sink.someBrokenBooks(RENEW_COUNT_MAX));
  }

  /** Offsets are taken before the feeds start: what a request causes lies behind the offset that it is told. */
  async #complete(answered: readonly Answered[]): Promise<void> {
    const fresh = answered.filter(({ answer }) => !answer.isComplete);
    for (const { answer } of fresh) await this.#fillIn(answer);
    const asked = fresh.flatMap(({ answer }) => answer.asked);
    // A reader that joins a book has to begin with all of it.
    const joined = asked.filter((feed) => BOOK_DATA_TYPES.has(feed.dataType) && this.feeds.isRunning(feed));
    const failures = await this.#followSubscriptions();
    await this.feeds.renew(distinct(joined));
    let withdrawn = false;
    for (const { request, answer } of fresh) {
      answer.isComplete = true;
      const failed = answer.asked.find((feed) => failures.has(feedKey(feed)));
      if (!failed || answer.reply.kind !== "start-accepted") continue;
      // All or nothing: what the request added and could be started is ended again.
      for (const feed of [failed, ...answer.added]) this.subscriptions.remove(request.clientId, feed);
      withdrawn = true;
      const error = failures.get(feedKey(failed));
      const text = `The venue did not start ${failed.symbol}: ${describeError(error)}`;
      answer.reply = refusal(request, refuseData(DataErrorCode.StartFailed, text)).reply;
    }
    if (withdrawn) await this.#followSubscriptions();
  }

  async #fillIn(answer: Answer): Promise<void> {
    const { reply } = answer;
    if (reply.kind === "login-accepted") await this.#openClientStream(reply.clientId);
    if (reply.kind !== "start-accepted") return;
    const { stream, topic } = reply;
    const ownOffset = reply.delivery === Delivery.Private ? await this.topology.nextOffset(stream, topic) : 0;
    const symbols = reply.symbols.map((started) => {
      const isShared = reply.delivery === Delivery.Shared;
      const firstOffset = isShared ? this.offsets.next(topic, started.partitionId) : ownOffset;
      return { ...started, firstOffset };
    });
    answer.reply = { ...reply, symbols };
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
