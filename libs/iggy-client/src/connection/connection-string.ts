import { isIPv6 } from "node:net";
import type { ConnectionSettings, ServerAddress } from "../client/client-options.js";
import { fail } from "../errors.js";
import { readConnectionOptions } from "./connection-string-options.js";

const SCHEMES = ["iggy", "iggy+tcp", "iggy+tls"];

/**
 * Reads `iggy://user:password@host:port,host:port?options`, with the schemes `iggy`, `iggy+tcp` and, for TLS,
 * `iggy+tls`. One part without a colon in front of the at-sign is a personal access token. An IPv6 address stands in
 * brackets. In user, password, token and option values `%XX` is the byte XX of UTF-8; a per cent sign is `%25`, and
 * colon, comma, at-sign and question mark are written that way too. The options are those of the official Rust SDK
 * for TCP (server-behaviour.md section 14) and some more, see the README. Throws `iggy-client.connection-string`; the
 * message never contains the credentials.
 */
export function parseConnectionString(text: string): ConnectionSettings {
  const [scheme, rest, ...surplusSchemes] = text.split("://");
  if (rest === undefined || surplusSchemes.length > 0) throw problem("it needs exactly one ://");
  if (!SCHEMES.includes(scheme!)) throw unsupported(scheme!);
  const [login, target, ...surplusTargets] = rest.split("@");
  if (target === undefined || surplusTargets.length > 0)
    throw problem("it needs exactly one @ behind the credentials; one that belongs to them is written %40");
  const [hosts, query, ...surplusQueries] = target.split("?");
  if (surplusQueries.length > 0) throw problem("it has more than one ?");
  const { tls, ...options } = readConnectionOptions(query ?? "", scheme === "iggy+tls", problem);
  const [first, ...others] = hosts!.split(",").map(readAddress);
  const withTls = (address: ServerAddress) => (tls ? { ...address, tls } : address);
  return {
    ...withTls(first!),
    ...(others.length > 0 ? { otherAddresses: others.map(withTls) } : {}),
    credentials: readCredentials(login!),
    ...options,
  };
}

function unsupported(scheme: string): Error {
  const transport = /^iggy\+(\w{1,20})$/.exec(scheme)?.[1];
  return problem(
    transport
      ? `the transport "${transport}" is not supported, TCP (iggy, iggy+tcp) and TLS (iggy+tls) are`
      : "its scheme is none of iggy, iggy+tcp and iggy+tls",
  );
}

function readCredentials(login: string): ConnectionSettings["credentials"] {
  const [username, password, ...surplus] = login.split(":");
  if (!username || surplus.length > 0 || password === "") {
    throw problem("the credentials are neither user:password nor a token");
  }
  return password === undefined
    ? { kind: "token", token: decoded(username, "the token") }
    : {
        kind: "password",
        username: decoded(username, "the user name"),
        password: decoded(password, "the password"),
      };
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw problem(`${what} has a % that begins no byte of UTF-8 such as %C3%A9; the sign itself is %25`);
  }
}

/** What stands behind a colon is not shown: in a string with its parts exchanged it may be the password. */
function readAddress(address: string): { host: string; port: number } {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(address);
  if (!match?.[1]) {
    throw problem("an address is not host:port; an IPv6 address stands in brackets, as in [::1]:8090");
  }
  const [, written, port] = match as unknown as [string, string, string | undefined];
  const host = written.startsWith("[") ? written.slice(1, -1) : written;
  if (written.startsWith("[") && !isIPv6(host)) throw problem(`"${written}" is no IPv6 address`);
  if (port === undefined) throw problem(`"${written}" has no port; 8090 is the usual one`);
  if (!/^\d{1,5}$/.test(port) || Number(port) === 0 || Number(port) > 65_535) {
    throw problem(`the port of "${written}" is not 1 to 65535`);
  }
  return { host, port: Number(port) };
}

function problem(detail: string): Error {
  return fail("iggy-client.connection-string", `the connection string is wrong: ${detail}`);
}
