import { ClientErrorCode, DataErrorCode } from "@ims/common";
import { ClientSession } from "../sessions/client-session.js";
import type { LoginPolicy } from "../sessions/login-policy.js";
import type { SessionRegistry } from "../sessions/session-registry.js";
import type { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { Answer } from "./answer.js";
import { type Refusal, refuseClient, refuseData } from "./control-reply.js";
import type { ControlRequest, LoginRequest } from "./control-request.js";
import { type DataRequestOptions, DataRequests, type VerdictOf } from "./data-requests.js";
import { accepted, refusal, replyBase } from "./replies.js";
import { RequestChecks } from "./request-checks.js";

/** Facts from outside that a decision needs, gathered before. */
export interface RoutingContext {
  readonly nowMillis: number;
  readonly verdict: VerdictOf;
  /** The Instrument messages of the current list; undefined while there is none. */
  readonly instrumentList: { readonly firstOffset: number; readonly count: number } | undefined;
}

export type RouterOptions = DataRequestOptions;

/**
 * The rules of the control protocol without any transport: one request in, one answer out, sessions and subscriptions
 * changed in between. Venue feeds and offsets are the caller's, who completes the answers.
 */
export class RequestRouter {
  readonly #checks: RequestChecks;
  readonly #data: DataRequests;

  constructor(
    private readonly options: RouterOptions,
    private readonly policy: LoginPolicy,
    private readonly sessions: SessionRegistry,
    private readonly subscriptions: SubscriptionTable,
  ) {
    this.#checks = new RequestChecks(options);
    this.#data = new DataRequests(options, policy, subscriptions);
  }

  /** Decides one request. Never throws for anything that a client can send. */
  route(request: ControlRequest, context: RoutingContext): Answer {
    if (request.generation === 1 && !this.policy.admitsVersion1) {
      return refusal(
        request,
        refuseClient(
          ClientErrorCode.NotAuthorized,
          "Clients of schema version 1 are not admitted here. Use version 2.",
        ),
      );
    }
    if (request.kind === "login") return this.#login(request, context);
    const session = this.sessions.authenticate(request, context.nowMillis);
    if (!(session instanceof ClientSession)) return refusal(request, session);
    const tooMany = this.#tooMany(session, request, context.nowMillis);
    if (tooMany) return refusal(request, tooMany);
    // Version 1 repeats itself only by intent: it has no request ids.
    if (request.generation === 1) return this.#carryOut(request, session, context);
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
    const answer = this.#carryOut(request, session, context);
    session.remember(request.requestId, answer);
    return answer;
  }

  /** The client is gone: ends its subscriptions and its session. Returns the number of subscriptions ended. */
  endSession(clientId: number): number {
    const count = this.subscriptions.removeAllOf(clientId);
    this.sessions.end(clientId);
    return count;
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
    const { heartbeatMillis, expiryMillis } = this.sessions.limits;
    const grant = this.policy.grantOf(request.clientId, request.generation);
    return {
      isComplete: false,
      asked: [],
      added: [],
      reply: {
        kind: "login-accepted",
        ...replyBase(request),
        sessionId: result.session.sessionId,
        heartbeatMillis,
        expiryMillis,
        subscriptionsPerClientMax: grant?.subscriptionsMax ?? this.options.subscriptionsPerClientMax,
        instrumentCount: context.instrumentList.count,
        instrumentsOffset: context.instrumentList.firstOffset,
      },
    };
  }

  /** Heartbeats and logouts are free: a client that asks too much must not lose its session by it. */
  #tooMany(session: ClientSession, request: ControlRequest, nowMillis: number): Refusal | undefined {
    if (request.kind === "heartbeat" || request.kind === "logout") return undefined;
    const { requestsPerSecondMax } = this.sessions.limits;
    if (session.takeRequest(requestsPerSecondMax, nowMillis)) return undefined;
    return refuseData(
      DataErrorCode.RequestLimit,
      `Client ${session.clientId} sent more than ${requestsPerSecondMax} requests a second for a while. ` +
        "Wait, and name several symbols in one request.",
    );
  }

  #carryOut(
    request: Exclude<ControlRequest, LoginRequest>,
    session: ClientSession,
    context: RoutingContext,
  ): Answer {
    const wrongExchange = this.#checks.wrongExchange(request);
    if (wrongExchange) return refusal(request, wrongExchange);
    const done = (affectedCount: number) => accepted(request, affectedCount, session.restartCount);
    switch (request.kind) {
      case "heartbeat":
        return done(0);
      case "logout":
        return done(this.endSession(request.clientId));
      case "stop-all":
        return done(this.subscriptions.removeAllOf(request.clientId));
      case "stop": {
        const stopped = this.#data.stop(request, context.verdict);
        return typeof stopped === "number" ? done(stopped) : refusal(request, stopped);
      }
      case "start": {
        const started = this.#data.start(request, context.verdict);
        return "reply" in started ? started : refusal(request, started);
      }
    }
  }
}
