import {
  ClientErrorCode,
  DataErrorCode,
  DataType,
  type Instrument,
  marketDataPartition,
  marketDataTopicOf,
  NO_RESOLUTION,
} from "@ims/common";
import { ClientSession } from "../sessions/client-session.js";
import type { LoginPolicy } from "../sessions/login-policy.js";
import type { SessionRegistry } from "../sessions/session-registry.js";
import type { Feed } from "../subscriptions/feed.js";
import type { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { Answer } from "./answer.js";
import { type ControlReply, type Refusal, refuseClient, refuseData } from "./control-reply.js";
import {
  type ControlRequest,
  Delivery,
  type LoginRequest,
  type StartDataRequest,
  type StopDataRequest,
} from "./control-request.js";
import { RequestChecks, type ServiceOffer, type SymbolVerdict } from "./request-checks.js";

/** Facts from outside that a decision needs, gathered before. */
export interface RoutingContext {
  readonly nowMillis: number;
  /** Undefined for a symbol that could not be checked, because the venue's list is not there. */
  verdict(symbol: string): SymbolVerdict | undefined;
  /** The Instrument messages of the current list; undefined while there is none. */
  readonly instrumentList: { readonly firstOffset: number; readonly count: number } | undefined;
}

export interface RouterOptions extends ServiceOffer {
  /** Partitions of a market-data topic. */
  readonly partitionCount: (topic: string) => number;
  readonly subscriptionsPerClientMax: number;
  readonly admitsVersion1: boolean;
  /** The number of an instrument in this service's streams. */
  readonly instrumentIdOf: (instrument: Instrument) => number;
}

/** A version 1 record holds 20 octets of symbol; longer names would be cut. */
const VERSION_1_SYMBOL_BYTES_MAX = 20;

/**
 * The rules of the control protocol without any transport: one request in, one answer out, sessions and subscriptions
 * changed in between. Venue feeds and offsets are the caller's, who completes the answers.
 */
export class RequestRouter {
  readonly #checks: RequestChecks;

  constructor(
    private readonly options: RouterOptions,
    private readonly policy: LoginPolicy,
    private readonly sessions: SessionRegistry,
    private readonly subscriptions: SubscriptionTable,
  ) {
    this.#checks = new RequestChecks(options);
  }

  /** Decides one request. Never throws for anything that a client can send. */
  route(request: ControlRequest, context: RoutingContext): Answer {
    if (request.generation === 1 && !this.options.admitsVersion1) {
      return refusal(
        request,
        refuseClient(
          ClientErrorCode.NotAuthorized,
          "Clients of schema version 1 are admitted only where ENV is LOCAL or CI. Use version 2.",
        ),
      );
    }
    if (request.kind === "login") return this.#login(request, context);
    const session = this.sessions.authenticate(request, context.nowMillis);
    if (!(session instanceof ClientSession)) return refusal(request, session);
    // Version 1 repeats itself only by intent: it has no request ids.
    if (request.generation === 1) return this.#carryOut(request, context);
    const earlier = session.answerTo(request.requestId);
    if (earlier) return earlier;
    if (session.isForgotten(request.requestId)) {
      return refusal(
        request,
        refuseData(
          DataErrorCode.MalformedRequest,
          `Request id ${request.requestId} is lower than ids answered long ago. Use rising request ids.`,
        ),
      );
    }
    const answer = this.#carryOut(request, context);
    session.remember(request.requestId, answer);
    return answer;
  }

  /** The client is gone: ends its subscriptions and its session. Returns the number of subscriptions ended. */
  endSession(clientId: number): number {
    this.sessions.end(clientId);
    return this.subscriptions.removeAllOf(clientId);
  }

  #login(request: LoginRequest, context: RoutingContext): Answer {
    const wrongExchange = this.#checks.wrongExchange(request);
    if (wrongExchange) return refusal(request, wrongExchange);
    const denied = this.policy.refusal(request);
    if (denied) return refusal(request, denied);
    if (!context.instrumentList) {
      return refusal(
        request,
        refuseClient(
          ClientErrorCode.LoginError,
          `The service is still loading the symbols of ${this.options.description.title}. Try again in a few seconds.`,
        ),
      );
    }
    const result = this.sessions.login(request, context.nowMillis);
    if (result.outcome === "refused") return refusal(request, result.refusal);
    return {
      isComplete: false,
      reply: {
        kind: "login-accepted",
        ...base(request),
        sessionId: result.session.sessionId,
        heartbeatMillis: this.sessions.limits.heartbeatMillis,
        expiryMillis: this.sessions.limits.expiryMillis,
        subscriptionsPerClientMax: this.options.subscriptionsPerClientMax,
        instrumentCount: context.instrumentList.count,
        instrumentsOffset: context.instrumentList.firstOffset,
      },
    };
  }

  #carryOut(request: Exclude<ControlRequest, LoginRequest>, context: RoutingContext): Answer {
    const wrongExchange = this.#checks.wrongExchange(request);
    if (wrongExchange) return refusal(request, wrongExchange);
    switch (request.kind) {
      case "heartbeat":
        return accepted(request, 0);
      case "logout":
        return accepted(request, this.endSession(request.clientId));
      case "stop-all":
        return accepted(request, this.subscriptions.removeAllOf(request.clientId));
      case "stop":
        return this.#stop(request, context);
      case "start":
        return this.#start(request, context);
    }
  }

  #start(request: StartDataRequest, context: RoutingContext): Answer {
    const typeRefusal = this.#checks.dataType(request.dataType);
    if (typeRefusal) return refusal(request, typeRefusal);
    const verdict = context.verdict(request.symbol);
    if (!verdict || "reason" in verdict)
      return refusal(request, this.#checks.symbol(request.symbol, verdict));
    const isBar = request.dataType === DataType.Bar;
    if (isBar) {
      const resolutionRefusal = this.#checks.resolution(request.resolution);
      if (resolutionRefusal) return refusal(request, resolutionRefusal);
    }
    if (request.generation === 1 && !isBar && request.dataType !== DataType.Trade) {
      return refusal(
        request,
        refuseData(
          DataErrorCode.DataUnavailable,
          "Version 1 has records of trades and bars only. Use version 2.",
        ),
      );
    }
    if (request.generation === 1 && Buffer.byteLength(verdict.symbol) > VERSION_1_SYMBOL_BYTES_MAX) {
      return refusal(
        request,
        refuseData(
          DataErrorCode.DataUnavailable,
          `Version 1 records cannot carry the symbol ${verdict.symbol}.`,
        ),
      );
    }
    const feed: Feed = {
      dataType: request.dataType,
      resolution: isBar ? request.resolution : NO_RESOLUTION,
      symbol: verdict.symbol,
    };
    const limit = this.options.subscriptionsPerClientMax;
    if (
      !this.subscriptions.has(request.clientId, feed) &&
      this.subscriptions.countOf(request.clientId) >= limit
    ) {
      return refusal(
        request,
        refuseData(
          DataErrorCode.SubscriptionLimit,
          `Client ${request.clientId} has its limit of ${limit} subscriptions. Stop some before starting more.`,
        ),
      );
    }
    const { clientId, generation, delivery } = request;
    this.subscriptions.add({ clientId, feed, delivery, generation });
    return {
      isComplete: false,
      feed,
      reply: this.#startAccepted(request, feed, this.options.instrumentIdOf(verdict)),
    };
  }

  #startAccepted(request: StartDataRequest, feed: Feed, instrumentId: number): ControlReply {
    const { names } = this.options;
    const isPrivate = request.delivery === Delivery.Private;
    const topic = isPrivate ? names.dataTopic : marketDataTopicOf(feed.dataType)!;
    return {
      kind: "start-accepted",
      ...base(request),
      ...feed,
      delivery: request.delivery,
      instrumentId,
      stream: isPrivate ? names.clientStream(request.clientId) : names.marketDataStream,
      topic,
      partitionId: isPrivate ? 0 : marketDataPartition(instrumentId, this.options.partitionCount(topic)),
      firstOffset: 0,
    };
  }

  #stop(request: StopDataRequest, context: RoutingContext): Answer {
    const typeRefusal = this.#checks.dataType(request.dataType);
    if (typeRefusal) return refusal(request, typeRefusal);
    const matching = this.subscriptions
      .feedsOf(request.clientId)
      .filter(
        (feed) =>
          feed.dataType === request.dataType &&
          feed.symbol === request.symbol &&
          (request.resolution === NO_RESOLUTION || feed.resolution === request.resolution),
      );
    // A subscribed symbol that the venue has since delisted can still be stopped.
    if (matching.length === 0) {
      const verdict = context.verdict(request.symbol);
      if (verdict && "reason" in verdict)
        return refusal(request, this.#checks.symbol(request.symbol, verdict));
    }
    for (const feed of matching) this.subscriptions.remove(request.clientId, feed);
    return accepted(request, matching.length);
  }
}

function base(request: ControlRequest) {
  return {
    generation: request.generation,
    requestType: request.templateId,
    clientId: request.clientId,
    sessionId: request.sessionId,
    requestId: request.requestId,
  } as const;
}

function accepted(request: ControlRequest, affectedCount: number): Answer {
  return { isComplete: false, reply: { kind: "accepted", ...base(request), affectedCount } };
}

/** The reply that says no; also for completing an answer whose feed could not be started. */
export function refusal(request: ControlRequest, why: Refusal): Answer {
  return { isComplete: false, reply: { kind: "refused", ...base(request), ...why } };
}
