import { connect } from "node:net";
import { type ConnectionSettings, parseConnectionString, type ServerAddress } from "@ims/iggy-client";

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** True when something accepts a TCP connection there within the time. */
export function answers({ host, port }: ServerAddress, timeoutMillis: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(timeoutMillis, () => settle(false));
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** All addresses of a connection string, the first one first. */
export function addressesOf(connection: ConnectionSettings): readonly ServerAddress[] {
  return [connection, ...(connection.otherAddresses ?? [])];
}

/** Whether only this machine reaches the broker of a connection string. */
export function isLocalBroker(iggyUrl: string): boolean {
  return addressesOf(parseConnectionString(iggyUrl)).every(({ host }) => isLoopback(host));
}

/** True when a program accepts a TCP connection within the time at any of the addresses, asked all at once. */
export async function anyAnswers(connection: ConnectionSettings, timeoutMillis: number): Promise<boolean> {
  const probes = addressesOf(connection).map(async (address) => {
    if (!(await answers(address, timeoutMillis))) throw new Error("no answer");
  });
  return Promise.any(probes).then(
    () => true,
    () => false,
  );
}

/**
 * Whether an embedded broker can take the place of what is missing there: every address is of this machine, and none
 * asks for TLS, for which a service has no certificate. It listens at the first address.
 */
export function isEmbeddable(connection: ConnectionSettings): boolean {
  return addressesOf(connection).every(({ host }) => isLoopback(host)) && connection.tls === undefined;
}
