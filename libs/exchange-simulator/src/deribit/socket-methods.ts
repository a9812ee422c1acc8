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
const YEAR_SECONDS = 31_536_000;

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
  const isRenewal = params?.grant_type === "refresh_token";
  const isGood = isRenewal
    ? line.refreshToken !== "" && params.refresh_token === line.refreshToken
    : params?.client_id === login?.clientId && params?.client_secret === login?.clientSecret;
  if (!login || !isGood) {
    line.push(rpcError(id, RpcError.InvalidCredentials));
    return;
  }
  if (isRenewal) venue.counters.renewals++;
  else venue.counters.logins++;
  const seconds = login.expiresInSeconds ?? YEAR_SECONDS;
  line.loggedInUntilMillis = venue.nowMillis + seconds * 1000;
  // Good once.
  line.refreshToken = `refresh-${venue.counters.logins}-${venue.counters.renewals}`;
  const tokens = { access_token: "token", refresh_token: line.refreshToken };
  line.push(rpcResult(id, { ...tokens, expires_in: seconds, token_type: "bearer" }, venue.nowMillis));
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
  if (line.loggedInUntilMillis <= venue.nowMillis && channels.some((channel) => channel.endsWith(".raw"))) {
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
