import { describeError, isImsError } from "@ims/common";
import { fail } from "../errors.js";
import { FILTER_NAME, MODULE_HASH, PARAMETER_LENGTH_MAX, PARAMETERS_MAX } from "../limits.js";
import { encodeRecord, RecordFields } from "./record-fields.js";

/** What happens to a batch that its module fails on: docs/formats/wasm-abi.md, "When a module fails". */
export const FAILURE_POLICIES = ["drop", "pass", "stop"] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

/** Limits of a deployment; what is absent is the service's own default. */
export interface DeployLimits {
  /** Pages of 64 KiB of the module's memory, 1 to 65,536. */
  readonly memoryPages?: number;
  /** Milliseconds that a batch may take, 1 to 60,000. */
  readonly batchMillis?: number;
  /** Batches during which the version before stays ready to take over again, 0 to 4,096. */
  readonly probationBatches?: number;
  /** Milliseconds likewise, 0 to an hour; whichever is over first. */
  readonly probationMillis?: number;
}

/** Values by name, numbers as decimal text. */
export type FilterParameters = Readonly<Record<string, string>>;

/** Puts a module on a stream, or another version in the place of one that runs under this name. */
export interface DeployCommand {
  readonly kind: "deploy";
  readonly name: string;
  readonly stream: string;
  /** Absent: every topic of the stream that a service reads. */
  readonly topic?: string;
  /** Place in the chain, 0 to 65,535, lower ones first; absent: behind all others, or where the name stood. */
  readonly position?: number;
  /** SHA-256 of the module. */
  readonly module: string;
  /** Ed25519 signature of the hash, 128 hexadecimal digits. */
  readonly signature?: string;
  readonly parameters: FilterParameters;
  readonly policy: FailurePolicy;
  readonly limits: DeployLimits;
}

/** Sets parameters of the active version: those named, the others stay. */
export interface ParametersCommand {
  readonly kind: "parameters";
  readonly name: string;
  readonly parameters: FilterParameters;
}

/**
 * `rollback` makes the version before the active one active, `disable` lets records pass by the filter, `enable` ends
 * that, also for a version that was quarantined, `remove` forgets the filter.
 */
export interface NamedCommand {
  readonly kind: "rollback" | "disable" | "enable" | "remove";
  readonly name: string;
}

export type CommandBody = DeployCommand | ParametersCommand | NamedCommand;

/** A command as it is stored. */
export type FilterCommand = CommandBody & {
  /** 32 hexadecimal digits, drawn by the sender; events answer to it. */
  readonly id: string;
  /** When it was sent, microseconds since 1970. */
  readonly sentMicros: number;
};

const NAMED_KINDS = ["rollback", "disable", "enable", "remove"] as const;
const KINDS = ["deploy", "parameters", ...NAMED_KINDS] as const;
const COMMAND_ID = /^[0-9a-f]{32}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const STREAM_LENGTH_MAX = 255;
const STREAM_RULE = { lengthMax: STREAM_LENGTH_MAX, pattern: /^[^\p{Cc}]+$/u };
export const NAME_RULE = { lengthMax: 64, pattern: FILTER_NAME };
export const COMMAND_ID_RULE = { lengthMax: 32, pattern: COMMAND_ID };
export const HASH_RULE = { lengthMax: 64, pattern: MODULE_HASH };

/** @throws `filter.bad-command` naming the part that is wrong */
export function encodeCommand(command: FilterCommand): Uint8Array {
  let octets: Uint8Array;
  try {
    octets = encodeRecord(command);
    decodeCommand(octets);
  } catch (cause) {
    const detail = isImsError(cause) ? String(cause.context.detail) : describeError(cause);
    throw fail("filter.bad-command", `a command to filters is wrong: ${detail}`, { cause });
  }
  return octets;
}

/** @throws `filter.bad-record` */
export function decodeCommand(octets: Uint8Array): FilterCommand {
  const fields = RecordFields.of(octets);
  const kind = fields.choice("kind", KINDS);
  const head = {
    id: fields.text("id", COMMAND_ID_RULE),
    sentMicros: fields.whole("sentMicros", 0, Number.MAX_SAFE_INTEGER),
    name: fields.text("name", NAME_RULE),
  };
  if (kind === "deploy") return { kind, ...head, ...readDeploy(fields) };
  if (kind === "parameters") return { kind, ...head, parameters: readParameters(fields) };
  return { kind, ...head };
}

function readDeploy(fields: RecordFields): Omit<DeployCommand, "kind" | "name"> {
  return {
    stream: fields.text("stream", STREAM_RULE),
    ...(fields.has("topic") ? { topic: fields.text("topic", STREAM_RULE) } : {}),
    ...(fields.has("position") ? { position: fields.whole("position", 0, 0xffff) } : {}),
    module: fields.text("module", HASH_RULE),
    ...(fields.has("signature")
      ? { signature: fields.text("signature", { lengthMax: 128, pattern: SIGNATURE }) }
      : {}),
    parameters: readParameters(fields),
    policy: fields.choice("policy", FAILURE_POLICIES),
    limits: readLimits(fields.object("limits")),
  };
}

function readParameters(fields: RecordFields): FilterParameters {
  return fields.texts("parameters", PARAMETERS_MAX, PARAMETER_NAME, PARAMETER_LENGTH_MAX);
}

function readLimits(fields: RecordFields): DeployLimits {
  return {
    ...(fields.has("memoryPages") ? { memoryPages: fields.whole("memoryPages", 1, 65_536) } : {}),
    ...(fields.has("batchMillis") ? { batchMillis: fields.whole("batchMillis", 1, 60_000) } : {}),
    ...(fields.has("probationBatches")
      ? { probationBatches: fields.whole("probationBatches", 0, 4096) }
      : {}),
    ...(fields.has("probationMillis")
      ? { probationMillis: fields.whole("probationMillis", 0, 3_600_000) }
      : {}),
  };
}
