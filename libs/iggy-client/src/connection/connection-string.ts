import type { ConnectionSettings } from "../client/client-options.js";
import { fail } from "../errors.js";

type Options = { -readonly [Name in keyof ConnectionSettings]?: ConnectionSettings[Name] };
type TlsOptions = { enabled: boolean; domain?: string; caFile?: string };

const DEFAULTS = {
  heartbeatMillis: 5000,
  reconnectMillis: 100,
  reconnectMillisMax: 5000,
  reconnectAttemptsMax: Number.POSITIVE_INFINITY,
  noDelay: true,
};

const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads `iggy://user:password@host:port?options`, also with the scheme `iggy+tcp`; one part without a colon in front of
 * the at-sign is a personal access token. The text is split literally, there is no percent-decoding. Options: `tls`,
 * `tls_domain`, `tls_ca_file`, `reconnection_retries`, `reconnection_interval`, `reestablish_after` (accepted, has no
 * effect), `heartbeat_interval`, `nodelay`. Source: server-behaviour.md section 14. Throws
 * `iggy-client.connection-string`; the message never contains the credentials.
 */
export function parseConnectionString(text: string): ConnectionSettings {
  const [scheme, rest, ...surplusSchemes] = text.split("://");
  if (rest === undefined || surplusSchemes.length > 0) throw problem("it needs exactly one ://");
  if (scheme !== "iggy" && scheme !== "iggy+tcp") {
    throw problem(`the scheme "${scheme}" is not supported, only iggy and iggy+tcp are`);
  }
  const [login, target, ...surplusTargets] = rest.split("@");
  if (target === undefined || surplusTargets.length > 0)
    throw problem("it needs exactly one @ behind the credentials");
  const [address, query, ...surplusQueries] = target.split("?");
  if (surplusQueries.length > 0) throw problem("it has more than one ?");
  const { options, tls } = readOptions(query ?? "");
  return {
    ...DEFAULTS,
    ...readAddress(address!),
    credentials: readCredentials(login!),
    ...options,
    ...(tls.enabled ? { tls: { domain: tls.domain, caFile: tls.caFile } } : {}),
  };
}

function readCredentials(login: string): ConnectionSettings["credentials"] {
  const [username, password, ...surplus] = login.split(":");
  if (!username || surplus.length > 0 || password === "") {
    throw problem("the credentials are neither user:password nor a token");
  }
  return password === undefined
    ? { kind: "token", token: username }
    : { kind: "password", username, password };
}

function readAddress(address: string): { host: string; port: number } {
  const [host, port, ...surplus] = address.split(":");
  if (!host || surplus.length > 0) throw problem(`"${address}" is not host:port`);
  if (port === undefined) throw problem(`"${address}" has no port; 8090 is the usual one`);
  if (!/^\d{1,5}$/.test(port) || Number(port) === 0 || Number(port) > 65_535) {
    throw problem(`the port of "${address}" is not 1 to 65535`);
  }
  return { host, port: Number(port) };
}

function readOptions(query: string): { options: Options; tls: TlsOptions } {
  const options: Options = {};
  const tls: TlsOptions = { enabled: false };
  for (const part of query === "" ? [] : query.split("&")) {
    const at = part.indexOf("=");
    if (at < 1) throw problem(`the option "${part}" has no value`);
    applyOption(part.slice(0, at), part.slice(at + 1), options, tls);
  }
  if (!tls.enabled && (tls.domain || tls.caFile)) throw problem("tls_domain and tls_ca_file need tls=true");
  return { options, tls };
}

function applyOption(name: string, value: string, options: Options, tls: TlsOptions): void {
  switch (name) {
    case "tls":
      tls.enabled = value === "true";
      break;
    case "tls_domain":
      if (value !== "") tls.domain = value;
      break;
    case "tls_ca_file":
      if (value !== "") tls.caFile = value;
      break;
    case "reconnection_retries":
      options.reconnectAttemptsMax =
        value === "unlimited" ? Number.POSITIVE_INFINITY : wholeNumber(name, value);
      break;
    case "reconnection_interval":
      options.reconnectMillis = durationMillis(name, value);
      options.reconnectMillisMax = Math.max(DEFAULTS.reconnectMillisMax, options.reconnectMillis);
      break;
    case "reestablish_after":
      durationMillis(name, value);
      break;
    case "heartbeat_interval":
      options.heartbeatMillis = durationMillis(name, value);
      break;
    case "nodelay":
      options.noDelay = value === "true";
      break;
    default:
      throw problem(`the option "${name}" is not known`);
  }
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw problem(`${name}=${value} is not a whole number`);
  return Number(value);
}

/** "5s", "500ms", "1m 30s"; "0", "none", "disabled" and "unlimited" are 0. */
function durationMillis(name: string, value: string): number {
  if (["0", "none", "disabled", "unlimited"].includes(value)) return 0;
  let millis = 0;
  for (const part of value.trim().split(/\s+/)) {
    const match = /^(\d{1,7})(ms|s|m|h)$/.exec(part);
    if (!match) throw problem(`${name}=${value} is no duration such as 5s, 500ms or 1m 30s`);
    millis += Number(match[1]) * UNIT_MILLIS[match[2]!]!;
  }
  return millis;
}

function problem(detail: string): Error {
  return fail("iggy-client.connection-string", `the connection string is wrong: ${detail}`);
}
