import { isIPv6 } from "node:net";
import type { Clock } from "@ims/common";
import {
  COMMANDS,
  type Credentials,
  EvictionReason,
  formatProtocolVersion,
  IggyErrorCode,
  isCompatibleProtocol,
  type LoginRequest,
  PROTOCOL_VERSION,
  readLoginVersion,
} from "@ims/iggy-protocol";
import type { BrokerLogger } from "../broker-options.js";
import type { Catalog } from "../catalog/catalog.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import type { UserEntry } from "../catalog/user-registry.js";
import { resultRefusal } from "../handlers/refusal.js";
import { tokenHash } from "./access-token.js";
import { isLoginPassword, isUsername } from "./credentials.js";
import type { LoginThrottle } from "./login-throttle.js";
import type { PasswordChecker } from "./password-checker.js";
import type { Session, SessionTable } from "./session-table.js";

/** What clients are told; SDKs show it in their logs. */
export const SERVER_VERSION = "0.9.0-edge.5";

export type Registration =
  | { readonly kind: "registered"; readonly session: Session; readonly payload: Uint8Array }
  | { readonly kind: "evicted"; readonly reason: number };

export interface RegisterDependencies {
  readonly catalog: Catalog;
  readonly metadata: MetadataStore;
  readonly sessions: SessionTable;
  readonly passwords: PasswordChecker;
  readonly logins: LoginThrottle;
  readonly clock: Clock;
  readonly logger: BrokerLogger;
}

/** The connection that wants to log in. */
export interface LoginOrigin {
  /** Client id of the request. */
  readonly client: bigint;
  /** Address of the client without its port. */
  readonly host: string;
  /** The session that the connection has already. */
  readonly current: Session | undefined;
  /** Takes the new session away from the connection. */
  readonly release: () => void;
}

/** A user, or the reason of the eviction. */
type Authentication =
  | { readonly user: UserEntry; readonly reason?: undefined }
  | { readonly user?: undefined; readonly reason: number };

/**
 * Answers a login (wire.md section 4.2). The version gate comes before the credentials. A connection that has a session
 * keeps it: the credentials are checked and the old number is repeated.
 * @throws Refusal (rejected) 58 while too many logins of the address or user have failed, or too many are under way
 */
export async function register(
  dependencies: RegisterDependencies,
  body: Uint8Array,
  { client, host, current, release }: LoginOrigin,
): Promise<Registration> {
  const { metadata, sessions, logger } = dependencies;
  if (readLoginVersion(body) === undefined) return evicted(EvictionReason.MalformedLogin);
  if (refusesVersion(body, logger)) return evicted(EvictionReason.IncompatibleProtocol);
  const request = decodeLogin(body);
  if (request === undefined) return evicted(EvictionReason.MalformedLogin);
  const { user, reason } = await authenticateWithin(dependencies, request.credentials, host);
  if (user === undefined) return evicted(reason);
  if (current !== undefined) return { kind: "registered", session: current, payload: reply(current, user) };
  const session = await metadata.exclusive(async (): Promise<Session | undefined> => {
    const owner = sessions.find(client)?.user;
    if (owner !== undefined && owner !== user) return undefined;
    const { sequence } = await metadata.commit({ type: "session-registered" });
    const registered = { client, number: sequence, user, release };
    sessions.add(registered);
    return registered;
  });
  if (session === undefined) return evicted(EvictionReason.SessionError);
  return { kind: "registered", session, payload: reply(session, user) };
}

/** Whether the body of a login names a protocol that this broker does not speak; the log then names both. */
export function refusesVersion(body: Uint8Array, logger: BrokerLogger): boolean {
  const version = readLoginVersion(body);
  if (version === undefined || isCompatibleProtocol(version)) return false;
  const versions = {
    client: formatProtocolVersion(version),
    broker: formatProtocolVersion(PROTOCOL_VERSION),
  };
  logger.warn(versions, "a client of another protocol version was refused");
  return true;
}

async function authenticateWithin(
  dependencies: RegisterDependencies,
  credentials: Credentials,
  host: string,
): Promise<Authentication> {
  const { logins, logger } = dependencies;
  const address = networkOf(host);
  // Names that no user can have count as none: what is remembered stays small.
  const hasName = credentials.kind === "password" && isUsername(credentials.username);
  const username = hasName ? credentials.username : undefined;
  if (!logins.allows(address, username)) throw resultRefusal(IggyErrorCode.TransientNotAccepted);
  const outcome = await authenticate(dependencies, credentials);
  if (outcome.user === undefined) {
    logins.noteFailure(address, username);
    logger.warn({ host, reason: outcome.reason }, "a login failed");
  }
  return outcome;
}

async function authenticate(
  { catalog, passwords, clock }: RegisterDependencies,
  credentials: Credentials,
): Promise<Authentication> {
  if (credentials.kind === "token") {
    const found = catalog.users.findToken(tokenHash(credentials.token));
    const expiry = found?.token.expiresAtMicros ?? null;
    if (found === undefined || (expiry !== null && expiry <= BigInt(clock.nowMicros()))) {
      return { reason: EvictionReason.InvalidToken };
    }
    return isActive(found.user) ? { user: found.user } : { reason: EvictionReason.UserInactive };
  }
  const { username, password } = credentials;
  if (!isUsername(username) || !isLoginPassword(password)) {
    return { reason: EvictionReason.InvalidCredentials };
  }
  const user = catalog.users.find(username);
  const isRight = await passwords.matches(password, user?.passwordHash);
  // Both may have changed while the password was checked.
  const isKept = user !== undefined && !user.isDeleted && isActive(user);
  return isRight && isKept ? { user } : { reason: EvictionReason.InvalidCredentials };
}

function isActive(user: UserEntry): boolean {
  return user.status === "active";
}

/** One household or machine has a whole IPv6 network, so its addresses count as one. */
function networkOf(host: string): string {
  return isIPv6(host) && !host.includes(".") ? host.split(":").slice(0, 4).join(":") : host;
}

function evicted(reason: number): Registration {
  return { kind: "evicted", reason };
}

function decodeLogin(body: Uint8Array): LoginRequest | undefined {
  try {
    return COMMANDS.login.codec.decodeRequest(body);
  } catch {
    return undefined;
  }
}

function reply(session: Session, user: UserEntry): Uint8Array {
  return COMMANDS.login.codec.encodeReply({
    userId: user.id,
    session: BigInt(session.number),
    serverProtocolVersion: PROTOCOL_VERSION,
    serverVersion: SERVER_VERSION,
  });
}
