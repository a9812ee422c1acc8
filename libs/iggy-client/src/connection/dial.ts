import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "@ims/common";
import type { ServerAddress } from "../client/client-options.js";
import { fail } from "../errors.js";

/** Opens a TCP or TLS connection. Throws `iggy-client.not-connected`, or the signal's reason when it aborts. */
export async function dial(
  address: ServerAddress & { readonly noDelay: boolean },
  timeoutMillis: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Socket> {
  const certificates = await readCertificates(address);
  signal.throwIfAborted();
  const socket = address.tls
    ? connectTls({ host: address.host, port: address.port, ca: certificates, ...serverName(address) })
    : connectTcp({ host: address.host, port: address.port });
  try {
    await opened(socket, address.tls ? "secureConnect" : "connect", address, timeoutMillis, clock, signal);
  } catch (error) {
    // A late failure of the abandoned socket has nobody left to hear it.
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(address.noDelay);
  return socket;
}

function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  { host, port }: ServerAddress,
  timeoutMillis: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
      socket.off(event, onOpen).off("error", onError).off("close", onClose);
      settle();
    };
    const refuse = (detail: string, cause?: Error) =>
      finish(() => reject(fail("iggy-client.not-connected", `${host}:${port} ${detail}`, { cause })));
    const onOpen = () => finish(resolve);
    const onError = (error: Error) => refuse("cannot be reached", error);
    const onClose = () => refuse("closed the connection while it was being opened");
    const onAbort = () => finish(() => reject(signal.reason));
    const timer = clock.setTimer(timeoutMillis, () => refuse(`did not answer within ${timeoutMillis} ms`));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once(event, onOpen).once("error", onError).once("close", onClose);
  });
}

async function readCertificates({ tls }: ServerAddress): Promise<Buffer | undefined> {
  if (!tls?.caFile) return undefined;
  try {
    return await readFile(tls.caFile);
  } catch (cause) {
    throw fail("iggy-client.tls-file", `${tls.caFile} cannot be read`, { cause });
  }
}

/** The name in the certificate; an address is no server name in TLS. */
function serverName({ host, tls }: ServerAddress): { servername?: string } {
  const name = tls?.domain || host;
  return isIP(name) ? {} : { servername: name };
}
