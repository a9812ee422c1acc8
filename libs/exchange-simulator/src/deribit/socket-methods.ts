import type { DeribitVenue } from "./deribit-venue.js";
import { RpcError, rpcError, rpcResult } from "./rpc-answers.js";
import type { VenueLine } from "./venue-line.js";

interface RpcRequest {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

const SUBSCRIBE_CREDITS = 3000;
const CREDITS_MAX = 30_000;
const CREDITS_PER_MILLI = 10;
const INTERVAL_MIN_SECONDS = 10;

/** Answers one text of a client. */
export function answerSocket(venue: DeribitVenue, line: VenueLine, text: string): void {
  const request = parse(text);
  if (!request) {
    line.push(rpcError(undefined, RpcError.InvalidParams, "no JSON"));
    return;
  }
  const { id, method, params = {} } = request;
  const done = (result: unknown) => line.push(rpcResult(id, result, venue.nowMillis));
  switch (method) {
    case "public/test":
      venue.counters.testAnswers++;
      line.awaitsTest = false;
      done({ version: "1.2.26" });
      return;
    case "public/set_heartbeat":
      setHeartbeat(venue, line, request);
      return;
    case "public/auth":
      logIn(venue, line, request);
      return;
    case "public/subscribe":
      subscribe(venue, line, request);
      return;
    case "public/unsubscribe": {
      const channels = channelsOf(params).filter((channel) => venue.hub.leave(line, channel));
      done(channels);
      return;
    }
    default:
      line.push(rpcError(id, RpcError.MethodNotFound));
  }
}

function setHeartbeat(venue: DeribitVenue, line: VenueLine, { id, params }: RpcRequest): void {
  const seconds = Number(params?.interval);
  if (!(seconds >= INTERVAL_MIN_SECONDS)) {
    line.push(rpcError(id, RpcError.InvalidParams, `value must be >= ${INTERVAL_MIN_SECONDS}`));
    return;
  }
  line.push(rpcResult(id, "ok", venue.nowMillis));
  venue.beatHeart(line, seconds * 1000);
}

function logIn(venue: DeribitVenue, line: VenueLine, { id, params }: RpcRequest): void {
  const { login } = venue;
  line.isLoggedIn =
    login !== undefined &&
    params?.client_id === login.clientId &&
    params.client_secret === login.clientSecret;
  if (!line.isLoggedIn) {
    line.push(rpcError(id, RpcError.InvalidCredentials));
    return;
  }
  venue.counters.logins++;
  line.push(
    rpcResult(id, { access_token: "token", expires_in: 31_536_000, token_type: "bearer" }, venue.nowMillis),
  );
}

function subscribe(venue: DeribitVenue, line: VenueLine, { id, params }: RpcRequest): void {
  venue.counters.subscribes++;
  if (!takeCredits(line, venue.nowMillis)) {
    venue.counters.overLimit++;
    line.push(rpcError(id, RpcError.TooManyRequests));
    line.terminate();
    return;
  }
  if (venue.failingSubscribes > 0) {
    venue.failingSubscribes--;
    line.push(rpcError(id, RpcError.Unavailable));
    return;
  }
  const channels = channelsOf(params);
  // One that is forbidden refuses the whole request.
  if (!line.isLoggedIn && channels.some((channel) => channel.endsWith(".raw"))) {
    line.push(rpcError(id, RpcError.RawUnauthorized));
    return;
  }
  const accepted = channels.filter((channel) => venue.offers(channel));
  line.push(rpcResult(id, [...accepted].reverse(), venue.nowMillis));
  for (const channel of accepted) {
    if (venue.hub.join(line, channel)) venue.begin(line, channel);
  }
}

function takeCredits({ credits }: VenueLine, nowMillis: number): boolean {
  const back = (nowMillis - credits.atMillis) * CREDITS_PER_MILLI;
  credits.left = Math.min(CREDITS_MAX, credits.left + back);
  credits.atMillis = nowMillis;
  if (credits.left < SUBSCRIBE_CREDITS) return false;
  credits.left -= SUBSCRIBE_CREDITS;
  return true;
}

function channelsOf(params: RpcRequest["params"]): readonly string[] {
  const channels = params?.channels;
  return Array.isArray(channels) ? (channels as unknown[]).map(String) : [];
}

function parse(text: string): RpcRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
