import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock, ImsError } from "@ims/common";
import type { ServerAddress } from "../client/client-options.js";
import { fail } from "../errors.js";
import type { ByteStream } from "./byte-stream.js";
import { formatAddress } from "./server-address.js";
import { TcpStream } from "./tcp-stream.js";

/**
 * Opens a TCP connection, or a TLS connection whose certificate is always checked, authority and name. Throws
 * `iggy-client.not-connected`, `iggy-client.tls-refused`, `iggy-client.tls-file`, or the signal's reason when it aborts.
 */
export async function dial(
  address: ServerAddress,
  timeoutMillis: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<ByteStream> {
  const certificates = await readCertificates(address);
  signal.throwIfAborted();
  const { host, port } = address;
  const stream = address.tls
    ? connectTls({ host, port, ca: certificates, ...serverName(address) })
    : new TcpStream(host, port);
  const socket = stream instanceof TcpStream ? stream.socket : stream;
  try {
    await opened(socket, address.tls ? "secureConnect" : "connect", address, timeoutMillis, clock, signal);
  } catch (error) {
    // A late failure of the abandoned socket has nobody left to hear it.
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
  return stream;
}

function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  address: ServerAddress,
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
    const where = formatAddress(address);
    const refuse = (detail: string, cause?: Error) =>
      finish(() => reject(fail("iggy-client.not-connected", `${where} ${detail}`, { cause })));
    const onOpen = () => finish(resolve);
    const onError = (error: Error) => {
      // Faults of the network name the system call; those of the handshake and of the certificate do not.
      if (!address.tls || "syscall" in error) refuse(`cannot be reached (${reasonOf(error)})`, error);
      else finish(() => reject(distrusted(address, error)));
    };
    const onClose = () => refuse("closed the connection while it was being opened");
    const onAbort = () => finish(() => reject(signal.reason));
    const timer = clock.setTimer(timeoutMillis, () => refuse(`did not answer within ${timeoutMillis} ms`));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once(event, onOpen).once("error", onError).once("close", onClose);
  });
}

function distrusted(address: ServerAddress, cause: Error): ImsError {
  const name = address.tls?.domain || address.host;
  return fail(
    "iggy-client.tls-refused",
    `the TLS connection with ${formatAddress(address)} as "${name}" failed: ${reasonOf(cause)}`,
    { cause },
  );
}

/** What Node says, with the code where the text does not hold it. Several addresses of one name fail together. */
function reasonOf(error: Error): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!message) return code ?? error.name;
  return !code || message.includes(code) ? message : `${message}, ${code}`;
}

async function readCertificates({ tls }: ServerAddress): Promise<Buffer | undefined> {
  if (!tls?.caFile) return undefined;
  let certificates: Buffer;
  try {
    certificates = await readFile(tls.caFile);
  } catch (cause) {
    throw fail("iggy-client.tls-file", `${tls.caFile} cannot be read`, { cause });
  }
  if (!certificates.includes("-----BEGIN")) {
    throw fail("iggy-client.tls-file", `${tls.caFile} holds no certificate in PEM form`);
  }
  return certificates;
}

/** The name in the certificate; an address is no server name in TLS. */
function serverName({ host, tls }: ServerAddress): { servername?: string } {
  const name = tls?.domain || host;
  return isIP(name) ? {} : { servername: name };
}
