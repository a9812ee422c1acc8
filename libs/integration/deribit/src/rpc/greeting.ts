import type { Credentials } from "../settings/credentials.js";
import { rpcRequest } from "./dialect.js";

/** Ids of requests that are not about channels: above any that the subscriptions of a connection count up to. */
export const GreetingId = { Heartbeat: 9_000_001, Login: 9_000_002, Test: 9_000_003 } as const;

/** The company advises 30 to 60 s; 10 s is the least that is taken (deribit.md section 3). */
const HEARTBEAT_SECONDS = 30;

/** What a new connection begins with: heartbeats, without which it may be dropped, and the login that raw channels need. */
export function greeting(credentials: Credentials | undefined): readonly string[] {
  const heartbeat = rpcRequest(GreetingId.Heartbeat, "public/set_heartbeat", { interval: HEARTBEAT_SECONDS });
  if (!credentials) return [heartbeat];
  const login = rpcRequest(GreetingId.Login, "public/auth", {
    grant_type: "client_credentials",
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  });
  return [login, heartbeat];
}

/** The answer to a `test_request`: without it the venue closes the connection. */
export const TEST_ANSWER = rpcRequest(GreetingId.Test, "public/test", {});
