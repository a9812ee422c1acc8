import type { ConnectionSettings, ServerAddress } from "../client/client-options.js";

type Settings = { -readonly [Name in keyof ConnectionSettings]: ConnectionSettings[Name] };
type OptionSettings = Omit<Settings, "host" | "port" | "otherAddresses" | "credentials">;
type Problem = (detail: string) => Error;

interface Reading {
  readonly settings: OptionSettings;
  useTls: boolean;
  domain?: string;
  caFile?: string;
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Below this, a server that is away would be dialed without a pause. */
const RECONNECT_MILLIS_MIN = 10;

/** How each option changes the settings. Values are decoded already. */
const OPTIONS: Readonly<
  Record<string, (value: string, reading: Reading, name: string, problem: Problem) => void>
> = {
  tls: (value, reading, name, problem) => {
    reading.useTls = flag(value, name, problem);
  },
  tls_domain: (value, reading) => {
    if (value !== "") reading.domain = value;
  },
  tls_ca_file: (value, reading) => {
    if (value !== "") reading.caFile = value;
  },
  reconnection_retries: (value, { settings }, name, problem) => {
    settings.reconnectAttemptsMax =
      value === "unlimited" ? Number.POSITIVE_INFINITY : wholeNumber(value, name, problem);
  },
  reconnection_interval: (value, { settings }, name, problem) => {
    settings.reconnectMillis = Math.max(RECONNECT_MILLIS_MIN, durationMillis(value, name, problem));
  },
  reconnection_interval_max: (value, { settings }, name, problem) => {
    settings.reconnectMillisMax = durationMillis(value, name, problem);
  },
  reestablish_after: (value, { settings }, name, problem) => {
    settings.reestablishMillis = durationMillis(value, name, problem);
  },
  heartbeat_interval: (value, { settings }, name, problem) => {
    settings.heartbeatMillis = durationMillis(value, name, problem);
  },
  nodelay: (value, { settings }, name, problem) => {
    settings.noDelay = flag(value, name, problem);
  },
  dial_timeout: (value, { settings }, name, problem) => {
    settings.dialTimeoutMillis = timeoutMillis(value, name, problem);
  },
  request_timeout: (value, { settings }, name, problem) => {
    settings.requestTimeoutMillis = timeoutMillis(value, name, problem);
  },
  follow_leader: (value, { settings }, name, problem) => {
    settings.followLeader = flag(value, name, problem);
  },
};

export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

/**
 * Reads `name=value&name=value`, the part behind the question mark.
 * @param useTls what the scheme says; the option `tls` may say so too, and not the contrary
 */
export function readConnectionOptions(query: string, useTls: boolean, problem: Problem): OptionSettings {
  const settings: OptionSettings = {
    heartbeatMillis: 5000,
    reconnectMillis: 100,
    reconnectMillisMax: 5000,
    reconnectAttemptsMax: Number.POSITIVE_INFINITY,
    noDelay: true,
  };
  const reading: Reading = { settings, useTls };
  const seen = new Set<string>();
  for (const part of query === "" ? [] : query.split("&")) {
    const at = part.indexOf("=");
    if (at < 1) throw problem(`the option "${part}" has no value`);
    const name = part.slice(0, at);
    const apply = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (!apply) throw problem(`the option "${name}" is not known; known are ${OPTION_NAMES.join(", ")}`);
    if (seen.has(name)) throw problem(`the option ${name} is given twice`);
    seen.add(name);
    apply(decoded(part.slice(at + 1), name, problem), reading, name, problem);
  }
  settings.reconnectMillisMax = Math.max(settings.reconnectMillisMax, settings.reconnectMillis);
  const tls = readTls(reading, useTls, problem);
  return tls ? { ...settings, tls } : settings;
}

function readTls(
  { useTls, domain, caFile }: Reading,
  schemeSaysTls: boolean,
  problem: Problem,
): ServerAddress["tls"] {
  if (schemeSaysTls && !useTls) throw problem("tls=false contradicts the scheme iggy+tls");
  if (!useTls && (domain || caFile)) throw problem("tls_domain and tls_ca_file need tls=true");
  return useTls ? { domain, caFile } : undefined;
}

function decoded(text: string, name: string, problem: Problem): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw problem(`${name} has a % that begins no byte of UTF-8; the sign itself is %25`);
  }
}

function flag(value: string, name: string, problem: Problem): boolean {
  if (value !== "true" && value !== "false") throw problem(`${name}=${value} is neither true nor false`);
  return value === "true";
}

function wholeNumber(value: string, name: string, problem: Problem): number {
  if (!/^\d{1,9}$/.test(value)) throw problem(`${name}=${value} is not a whole number`);
  return Number(value);
}

function timeoutMillis(value: string, name: string, problem: Problem): number {
  const millis = durationMillis(value, name, problem);
  if (millis === 0) throw problem(`${name}=${value} leaves no time; write for example 10s`);
  return millis;
}

/** "5s", "500ms", "1m 30s"; "0", "none", "disabled" and "unlimited" are 0. */
function durationMillis(value: string, name: string, problem: Problem): number {
  if (["0", "none", "disabled", "unlimited"].includes(value)) return 0;
  let millis = 0;
  for (const part of value.trim().split(/\s+/)) {
    const match = /^(\d{1,7})(ms|s|m|h)$/.exec(part);
    if (!match) throw problem(`${name}=${value} is no duration such as 5s, 500ms or 1m 30s`);
    millis += Number(match[1]) * UNIT_MILLIS[match[2]!]!;
  }
  return millis;
}
