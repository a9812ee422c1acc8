import { type ErrorTable, errorFactory, type ImsError } from "@ims/common";
import {
  type Eviction,
  evictionErrorCode,
  evictionReasonName,
  iggyErrorName,
  isTransientError,
} from "@ims/iggy-protocol";

/**
 * What a call to a server can end in. `not-connected`: nothing was sent. `refused`: the server said no, `context.code`
 * and `context.name` say which. `outcome-unknown`: it was sent and no answer came, so it may or may not have happened.
 */
export const IGGY_CLIENT_ERRORS = {
  "iggy-client.connection-string": {
    summary: "A connection string cannot be read.",
    action:
      "Write iggy:// and behind it user:password@host:port or token@host:port, then a question mark before options",
    retryable: false,
  },
  "iggy-client.argument": {
    summary: "An argument is outside its range.",
    action: "Correct the argument before calling again",
    retryable: false,
  },
  "iggy-client.not-connected": {
    summary: "There was no session to send on; nothing was sent.",
    action: "Check that the server runs and is reachable at this address, then call again",
    retryable: true,
  },
  "iggy-client.outcome-unknown": {
    summary: "A request was sent and no answer came.",
    action: "Look up whether it happened before sending it again",
    retryable: false,
  },
  "iggy-client.refused": {
    summary: "The server refused a request.",
    action: "See the error number's meaning and correct the request or the server's state",
    retryable: false,
  },
  "iggy-client.connection-lost": {
    summary: "A connection ended without being asked to.",
    action: "The client connects again by itself; if it recurs, look at the server's log",
    retryable: true,
  },
  "iggy-client.evicted": {
    summary: "The server ended the session.",
    action: "The client logs in again by itself; if it recurs, look at the reason and the server's log",
    retryable: true,
  },
  "iggy-client.session-gone": {
    summary: "The server does not know the session any more.",
    action:
      "The client logs in again by itself; if it recurs, see that no other client uses the same client id",
    retryable: true,
  },
  "iggy-client.redirected": {
    summary: "Another node leads the cluster.",
    action: "The client goes to the leader by itself",
    retryable: true,
  },
  "iggy-client.redirect-loop": {
    summary: "The servers sent the client from node to node.",
    action:
      "The client tries the first address again by itself; if it recurs, see which node the cluster's metadata names",
    retryable: true,
  },
  "iggy-client.login-refused": {
    summary: "The server does not accept the credentials.",
    action: "Correct user name, password or token in the connection string",
    retryable: false,
  },
  "iggy-client.incompatible-version": {
    summary: "Server and client speak different protocol versions.",
    action: "Use a server of the client's protocol version, or a client of the server's",
    retryable: false,
  },
  "iggy-client.tls-file": {
    summary: "The file of trusted certificates cannot be read.",
    action: "Correct tls_ca_file in the connection string",
    retryable: false,
  },
  "iggy-client.tls-refused": {
    summary: "The server's certificate is not trusted, or it does not speak TLS.",
    action: "Correct tls_domain or tls_ca_file in the connection string, or the server's certificate",
    retryable: false,
  },
  "iggy-client.connect-timeout": {
    summary: "No session within the allowed time.",
    action: "Check that the server runs and is reachable at this address",
    retryable: true,
  },
  "iggy-client.queue-full": {
    summary: "Too many requests wait for a place on the wire.",
    action: "Wait for earlier calls before making new ones",
    retryable: true,
  },
  "iggy-client.closed": {
    summary: "The client is closed.",
    action: "Connect a new client",
    retryable: false,
  },
  "iggy-client.producer-closed": {
    summary: "The producer is closed.",
    action: "Create a new producer",
    retryable: false,
  },
  "iggy-client.payload-too-large": {
    summary: "A payload does not fit an empty batch.",
    action: "Send smaller payloads or create the arena with larger slots",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(IGGY_CLIENT_ERRORS);

/** A refusal with the server's number and its name. */
export function refused(what: string, code: number, cause?: unknown): ImsError {
  const name = iggyErrorName(code);
  return fail("iggy-client.refused", `${what} was refused with ${code} ${name}`, {
    cause,
    context: { code, name, transient: isTransientError(code) },
  });
}

/** The server's number of a refusal, or `undefined` for any other error. */
export function refusalCode(error: unknown): number | undefined {
  const candidate = error as ImsError | undefined;
  return candidate?.code === "iggy-client.refused" ? (candidate.context.code as number) : undefined;
}

export function evicted(eviction: Eviction): ImsError {
  const name = evictionReasonName(eviction.reason);
  return fail("iggy-client.evicted", `the server ended the session: ${name} (${eviction.reason})`, {
    context: { reason: eviction.reason, name, code: evictionErrorCode(eviction.reason) },
  });
}
