import type { Credentials } from "../settings/credentials.js";
import { rpcRequest } from "./dialect.js";

/** Ids of requests that are not about channels: above any that the subscriptions of a connection count up to. */
export const GreetingId = {
  Heartbeat: 9_000_001,
  Login: 9_000_002,
  Test: 9_000_003,
  States: 9_000_004,
  Refresh: 9_000_005,
} as const;

/** Tells of instruments that are listed, expire or halt (deribit.md section 4). */
export const STATE_CHANNEL = "instrument.state.any.any";

/** The company advises 30 to 60 s; 10 s is the least that is taken (deribit.md section 3). */
const HEARTBEAT_SECONDS = 30;

/**
 * What a new connection begins with: the login that raw channels need, heartbeats, without which it may be dropped, and
 * news of instruments.
 */
export function greeting(credentials: Credentials | undefined): readonly string[] {
  const heartbeat = rpcRequest(GreetingId.Heartbeat, "public/set_heartbeat", { interval: HEARTBEAT_SECONDS });
  const states = rpcRequest(GreetingId.States, "public/subscribe", { channels: [STATE_CHANNEL] });
  return credentials ? [loginRequest(credentials), heartbeat, states] : [heartbeat, states];
}

export function loginRequest({ clientId, clientSecret }: Credentials): string {
  return rpcRequest(GreetingId.Login, "public/auth", {
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
}

/** @param token of the last answer to a login */
export function refreshRequest(token: string): string {
  return rpcRequest(GreetingId.Refresh, "public/auth", { grant_type: "refresh_token", refresh_token: token });
}

/** The answer to a `test_request`: without it the venue closes the connection. */
export const TEST_ANSWER = rpcRequest(GreetingId.Test, "public/test", {});
