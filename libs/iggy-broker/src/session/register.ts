import {
  COMMANDS,
  EvictionReason,
  formatProtocolVersion,
  isCompatibleProtocol,
  type LoginRequest,
  PROTOCOL_VERSION,
  readLoginVersion,
} from "@ims/iggy-protocol";
import type { BrokerLogger } from "../broker-options.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import { RootCredentials } from "./credentials.js";
import type { Session, SessionTable } from "./session-table.js";

/** What clients are told; SDKs show it in their logs. */
export const SERVER_VERSION = "0.9.0-edge.5";

export type Registration =
  | { readonly kind: "registered"; readonly session: Session; readonly payload: Uint8Array }
  | { readonly kind: "evicted"; readonly reason: number };

export interface RegisterDependencies {
  readonly metadata: MetadataStore;
  readonly sessions: SessionTable;
  readonly credentials: RootCredentials;
  readonly logger: BrokerLogger;
}

/**
 * Answers a login (wire.md section 4.2). The version gate comes before the credentials. A connection that has a session
 * keeps it: the credentials are checked and the old number is repeated.
 */
export async function register(
  dependencies: RegisterDependencies,
  body: Uint8Array,
  client: bigint,
  current: Session | undefined,
  release: () => void,
): Promise<Registration> {
  const { metadata, sessions, credentials, logger } = dependencies;
  const version = readLoginVersion(body);
  if (version === undefined) return evicted(EvictionReason.MalformedLogin);
  if (!isCompatibleProtocol(version)) {
    const versions = {
      client: formatProtocolVersion(version),
      broker: formatProtocolVersion(PROTOCOL_VERSION),
    };
    logger.warn(versions, "a client of another protocol version was refused");
    return evicted(EvictionReason.IncompatibleProtocol);
  }
  const request = decodeLogin(body);
  if (request === undefined) return evicted(EvictionReason.MalformedLogin);
  if (request.credentials.kind === "token") return evicted(EvictionReason.InvalidToken);
  if (!credentials.match(request.credentials.username, request.credentials.password)) {
    return evicted(EvictionReason.InvalidCredentials);
  }
  if (current !== undefined) return { kind: "registered", session: current, payload: reply(current) };
  const { sequence } = await metadata.exclusive(() => metadata.commit({ type: "session-registered" }));
  const session: Session = { client, number: sequence, userId: RootCredentials.userId, release };
  sessions.add(session);
  return { kind: "registered", session, payload: reply(session) };
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

function reply(session: Session): Uint8Array {
  return COMMANDS.login.codec.encodeReply({
    userId: session.userId,
    session: BigInt(session.number),
    serverProtocolVersion: PROTOCOL_VERSION,
    serverVersion: SERVER_VERSION,
  });
}
