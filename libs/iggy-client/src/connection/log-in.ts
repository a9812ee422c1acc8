import type { Clock } from "@ims/common";
import { type ImsError, sleep } from "@ims/common";
import {
  COMMANDS,
  type Eviction,
  EvictionReason,
  encodeRequestFrame,
  formatProtocolVersion,
  IggyErrorCode,
  isTransientError,
  type LoginReply,
  Operation,
  PROTOCOL_VERSION,
  type ReplyOutcome,
  xxh3,
} from "@ims/iggy-protocol";
import type { ConnectionSettings } from "../client/client-options.js";
import { evicted, fail, refused } from "../errors.js";
import type { WireSession } from "./wire-session.js";

export const SDK_NAME = "ims-node";
export const SDK_VERSION = "0.1.0";

/** Pause before the same frame is sent again after a transient refusal, as the official clients do. */
export const TRANSIENT_RETRY_MILLIS = 50;

export interface LogInDependencies {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMillis: number;
  readonly signal: AbortSignal;
  /** How long a server may answer 58, that it takes nothing at present; another one may do better. */
  readonly notAcceptedMillis: number;
}

/**
 * Registers a new session with a fresh random client id. Throws `iggy-client.login-refused`,
 * `iggy-client.incompatible-version` or `iggy-client.evicted` for what the server answers, and the reason of the end
 * when the connection ends first.
 */
export async function logIn(
  wire: WireSession,
  credentials: ConnectionSettings["credentials"],
  { clock, random, timeoutMillis, signal, notAcceptedMillis }: LogInDependencies,
): Promise<LoginReply> {
  const body = COMMANDS.login.codec.encodeRequest({
    protocolVersion: PROTOCOL_VERSION,
    sdkName: SDK_NAME,
    sdkVersion: SDK_VERSION,
    credentials,
    context: new Uint8Array(0),
  });
  const client = randomClientId(random);
  const fields = {
    client,
    request: 0,
    session: 0,
    operation: Operation.Register,
    requestChecksum: xxh3(body),
  };
  const frame = encodeRequestFrame(fields, body);
  const startMillis = clock.monotonicMillis();
  for (;;) {
    const outcome = await register(wire, frame);
    if (outcome.kind === "evicted") throw loginError(outcome.eviction);
    if (outcome.kind === "success") {
      const reply = COMMANDS.login.codec.decodeReply(outcome.payload);
      wire.clientId = client;
      wire.sessionNumber = reply.session;
      return reply;
    }
    const patienceMillis =
      outcome.code === IggyErrorCode.TransientNotAccepted
        ? Math.min(notAcceptedMillis, timeoutMillis)
        : timeoutMillis;
    const nextMillis = clock.monotonicMillis() + TRANSIENT_RETRY_MILLIS;
    if (!isTransientError(outcome.code) || nextMillis > startMillis + patienceMillis) {
      throw refused("login", outcome.code);
    }
    await sleep(clock, TRANSIENT_RETRY_MILLIS, signal).catch(() => {});
    if (!wire.isOpen) throw await wire.ended;
  }
}

function register(wire: WireSession, frame: Uint8Array): Promise<ReplyOutcome> {
  return new Promise<ReplyOutcome>((resolve, reject) => {
    wire.interceptEviction((eviction) => resolve({ kind: "evicted", eviction }));
    wire.submit(frame, 0, { onReply: resolve, onLost: reject });
  }).finally(() => wire.interceptEviction(undefined));
}

/** 128 random bits, never 0: a new id for every session, so nothing of an old one can be mistaken for it. */
export function randomClientId(random: () => number): bigint {
  let id = 0n;
  for (let i = 0; i < 4; i++) id = (id << 32n) | BigInt(Math.floor(random() * 0x1_0000_0000));
  return id === 0n ? 1n : id;
}

function loginError(eviction: Eviction): ImsError {
  const { reason, serverProtocolVersion, serverProtocolVersionMin } = eviction;
  const context = evicted(eviction).context;
  if (reason === EvictionReason.IncompatibleProtocol) {
    const lowest = formatProtocolVersion(serverProtocolVersionMin);
    const highest = formatProtocolVersion(serverProtocolVersion);
    const accepted = lowest === highest ? highest : `${lowest} to ${highest}`;
    return fail(
      "iggy-client.incompatible-version",
      `the server speaks protocol ${accepted}, this client ${formatProtocolVersion(PROTOCOL_VERSION)}`,
      {
        context: {
          ...context,
          serverProtocolVersion,
          serverProtocolVersionMin,
          clientProtocolVersion: PROTOCOL_VERSION,
        },
      },
    );
  }
  if (
    reason === EvictionReason.InvalidCredentials ||
    reason === EvictionReason.InvalidToken ||
    reason === EvictionReason.UserInactive
  ) {
    return fail("iggy-client.login-refused", `login was refused: ${String(context.name)}`, { context });
  }
  return evicted(eviction);
}
