import { isIPv6 } from "node:net";
import type { ServerAddress } from "../client/client-options.js";

/** `host:port`, with an IPv6 address in brackets. */
export function formatAddress({ host, port }: ServerAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Whether a node that a server names is the one at `address`. Names of this machine are one host; a host name is also
 * compared by the address that it led to.
 * @param connectedIp the peer's IP address, where known
 */
export function isSameEndpoint(
  node: { readonly ip: string; readonly tcpPort: number },
  address: ServerAddress,
  connectedIp: string | undefined,
): boolean {
  if (node.tcpPort !== address.port) return false;
  const host = plainHost(node.ip);
  return host === plainHost(address.host) || (connectedIp !== undefined && host === plainHost(connectedIp));
}

function plainHost(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/^::ffff:(?=\d+\.)/, "");
  return plain === "localhost" || plain === "::1" ? "127.0.0.1" : plain;
}
