import { createHash } from "node:crypto";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isIP } from "node:net";

/** RFC 6455 section 1.3. */
const ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Longer heads of replies are refused. */
export const HEAD_BYTES_MAX = 16 * 1024;

/** Where a WebSocket URL leads. */
export interface WebSocketTarget {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** For the certificate; none where the host is an address. */
  readonly serverName: string | undefined;
  /** As the `Host` header has it. */
  readonly authority: string;
  readonly path: string;
  /** Value of the `Authorization` header, where the URL has a user. */
  readonly authorization: string | undefined;
}

/** The answer to a handshake; `behind` is where the frames begin. */
export type HandshakeReply =
  | { readonly kind: "accepted"; readonly behind: number }
  | { readonly kind: "refused"; readonly status: number; readonly retryAfter: string | undefined }
  /** Not the answer of a WebSocket server. */
  | { readonly kind: "unusable"; readonly reason: string };

/** @throws TypeError, SyntaxError for what is no URL of a WebSocket */
export function webSocketTarget(url: string): WebSocketTarget {
  const { hash, hostname, password, pathname, port, protocol, search, username, host } = new URL(url);
  if (protocol !== "ws:" && protocol !== "wss:") throw new SyntaxError(`${protocol} is not ws: or wss:`);
  if (hash !== "") throw new SyntaxError("the URL of a WebSocket has no fragment");
  const isSecure = protocol === "wss:";
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    isSecure,
    host: bare,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    serverName: isIP(bare) === 0 ? bare : undefined,
    authority: host,
    path: `${pathname}${search}`,
    authorization: username || password ? `Basic ${Buffer.from(user).toString("base64")}` : undefined,
  };
}

/**
 * The request of RFC 6455 section 4.1; no extension and no subprotocol is asked for.
 *
 * @param key 16 random octets in base64
 * @throws TypeError for a header that HTTP does not allow
 */
export function handshakeRequest(
  target: WebSocketTarget,
  key: string,
  headers: Readonly<Record<string, string>>,
): string {
  const all: Record<string, string> = {
    Host: target.authority,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": key,
    ...(target.authorization && { Authorization: target.authorization }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return `${name}: ${value}\r\n`;
  });
  return `GET ${target.path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Reads the answer at the start of the bytes; undefined while its head is not whole. */
export function readHandshakeReply(bytes: Uint8Array, end: number, key: string): HandshakeReply | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(end, HEAD_BYTES_MAX)).toString("latin1");
  let from = 0;
  for (;;) {
    const close = text.indexOf("\r\n\r\n", from);
    if (close < 0) {
      return end < HEAD_BYTES_MAX ? undefined : unusable(`its head has more than ${HEAD_BYTES_MAX} octets`);
    }
    const [statusLine = "", ...lines] = text.slice(from, close).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1] ?? 0);
    if (status === 0) return unusable("it is no HTTP");
    from = close + 4;
    // Others of these are told in front of the answer itself.
    if (status >= 100 && status < 200 && status !== 101) continue;
    const headers = headersOf(lines);
    if (status !== 101) return { kind: "refused", status, retryAfter: headers.get("retry-after") };
    const fault = upgradeFault(headers, key);
    return fault === undefined ? { kind: "accepted", behind: from } : unusable(fault);
  }
}

/** What is wrong with an answer of status 101 (RFC 6455 section 4.1), undefined if nothing is. */
function upgradeFault(headers: ReadonlyMap<string, string>, key: string): string | undefined {
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return "it does not upgrade to a WebSocket";
  const connection =
    headers
      .get("connection")
      ?.toLowerCase()
      .split(/\s*,\s*/) ?? [];
  if (!connection.includes("upgrade")) return "it does not upgrade the connection";
  const accept = createHash("sha1").update(`${key}${ACCEPT_SALT}`).digest("base64");
  if (headers.get("sec-websocket-accept") !== accept) return "its Sec-WebSocket-Accept is wrong";
  for (const name of ["sec-websocket-extensions", "sec-websocket-protocol"]) {
    if (headers.has(name)) return `its ${name} was not asked for`;
  }
  return undefined;
}

/** By lower-case name; of equal ones the values joined. */
function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}

function unusable(what: string): HandshakeReply {
  return { kind: "unusable", reason: `the answer to the handshake cannot be used: ${what}` };
}
