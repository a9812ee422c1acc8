import {
  COMMANDS,
  EvictionReason,
  FRAME_BYTES_MAX,
  HEADER_BYTES,
  IggyErrorCode,
  isPartitionOperation,
  Operation,
} from "@ims/iggy-protocol";
import type { SeededRandom } from "../random/seeded-random.js";
import type { Fault, FaultKind, FaultPlan, PlannedRequest } from "./fault.js";

export interface RandomFaultOptions {
  /** Part of the requests that something happens to while there is budget. */
  readonly rate: number;
  /** Faults altogether; afterwards all goes well, so that a client can recover. */
  readonly budget: number;
  /** Kinds to choose from; default all. A kind that does not suit a request is not chosen for it. */
  readonly kinds?: readonly (FaultKind | "cut-request")[];
  /** Whether a refused send may have been stored all the same. Default false. */
  readonly refusedSendsMayBeStored?: boolean;
}

/** Every kind that `randomFaults` draws. */
export const ALL_FAULTS: readonly (FaultKind | "cut-request")[] = [
  "close",
  "cut-request",
  "delay",
  "drop-reply",
  "duplicate-reply",
  "evict",
  "garbage",
  "newer-version",
  "overtaken",
  "refuse",
  "silence",
  "stall",
  "unknown-reply",
  "wrong-size",
];

/** Faults under which a server that answers keeps the order: it carries out what it reads, or ends the connection. */
export const ORDER_KEEPING_FAULTS: readonly (FaultKind | "cut-request")[] = [
  "close",
  "cut-request",
  "delay",
  "duplicate-reply",
  "evict",
  "garbage",
  "overtaken",
  "silence",
  "stall",
  "unknown-reply",
  "wrong-size",
];

/** Reasons that end a session for no fault of the credentials. */
const SESSION_REASONS = Object.values(EvictionReason).filter(
  (reason) =>
    reason !== EvictionReason.InvalidCredentials &&
    reason !== EvictionReason.InvalidToken &&
    reason !== EvictionReason.UserInactive &&
    reason !== EvictionReason.IncompatibleProtocol,
);

/**
 * Sizes that no reply of these tests has: below a header, above the limit, and the limit itself, which never comes. A
 * size a little too large would pass the next frame off as a part of this one, and no client can tell.
 */
const WRONG_SIZES = [0, 1, 255, FRAME_BYTES_MAX, FRAME_BYTES_MAX + 1, 0x7fff_ffff, 0xffff_ffff] as const;
const NEWER_VERSION = 12 << 10;

/** Draws faults, the same for the same seed and the same requests. */
export function randomFaults(random: SeededRandom, options: RandomFaultOptions): FaultPlan {
  const kinds = options.kinds ?? ALL_FAULTS;
  let budget = options.budget;
  const strikes = (rate: number) => budget > 0 && random.chance(rate);
  return {
    cutRequest() {
      if (!kinds.includes("cut-request") || !strikes(options.rate / kinds.length)) return undefined;
      budget--;
      return random.between(1, 2 * HEADER_BYTES);
    },
    faultOf(request) {
      if (!strikes(options.rate)) return undefined;
      const suitable = kinds.filter((kind): kind is FaultKind => suits(kind, request));
      if (suitable.length === 0) return undefined;
      budget--;
      return draw(random, random.pick(suitable), request, options);
    },
  };
}

function suits(kind: FaultKind | "cut-request", { name, operation }: PlannedRequest): boolean {
  switch (kind) {
    case "cut-request":
    case "nodes":
      return false;
    case "newer-version":
      return name === COMMANDS.login.name;
    case "overtaken":
      return isPartitionOperation(operation);
    case "refuse":
      return operation !== Operation.NonReplicated && operation !== Operation.Logout;
    default:
      return true;
  }
}

function draw(
  random: SeededRandom,
  kind: FaultKind,
  request: PlannedRequest,
  options: RandomFaultOptions,
): Fault {
  switch (kind) {
    case "close":
      return {
        kind,
        executed: random.chance(0.5),
        replyBytes: random.chance(0.5) ? 0 : random.between(1, HEADER_BYTES + 40),
        how: random.pick(["end", "reset"]),
      };
    case "delay":
    case "stall":
      return { kind, millis: random.pick([1, 20, 300, 4000]) };
    case "drop-reply":
      return { kind, executed: random.chance(0.5) };
    case "evict":
      return { kind, reason: random.pick(SESSION_REASONS), close: random.chance(0.3) };
    case "garbage":
      return { kind, bytes: random.bytes(random.between(1, 600)) };
    case "wrong-size":
      return {
        kind,
        size: random.pick(WRONG_SIZES),
      };
    case "newer-version":
      return { kind, version: NEWER_VERSION };
    case "refuse": {
      const code = random.pick([IggyErrorCode.TransientNotCommitted, IggyErrorCode.TransientNotAccepted]);
      return { kind, code, executed: mayBeExecuted(code, request, options) && random.chance(0.5) };
    }
    case "nodes":
      return { kind, nodes: [] };
    default:
      return { kind };
  }
}

/** 58 is certainly not executed. Of what 57 may have executed, metadata is recognised when it is repeated, sends are not. */
function mayBeExecuted(
  code: number,
  { name, operation }: PlannedRequest,
  options: RandomFaultOptions,
): boolean {
  if (code !== IggyErrorCode.TransientNotCommitted || name === COMMANDS.login.name) return false;
  return !isPartitionOperation(operation) || options.refusedSendsMayBeStored === true;
}
