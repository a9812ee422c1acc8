import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { Clock } from "@ims/common";
import type { BrokerLogger } from "../broker-options.js";
import type { TlsIdentity } from "./tls-identity.js";

export interface TlsHandshakeOptions {
  readonly identity: TlsIdentity;
  readonly timeoutMillis: number;
  readonly clock: Clock;
  readonly logger: BrokerLogger;
}

/** Makes TLS connections of accepted sockets. Bounds their time; whoever accepts bounds their number. */
export class TlsHandshakes {
  private readonly underWay = new Set<Socket>();
  private context: SecureContext;

  constructor(private readonly options: TlsHandshakeOptions) {
    this.context = createSecureContext(options.identity);
  }

  /** Calls `onSecure` when the handshake is done; a socket whose handshake fails or takes too long is destroyed. */
  begin(socket: Socket, onSecure: (secured: TLSSocket) => void): void {
    const { clock, timeoutMillis, logger } = this.options;
    const { remoteAddress: address } = socket;
    let end = "failed: it speaks no TLS of version 1.2 or above, or does not trust the certificate";
    const timer = clock.setTimer(timeoutMillis, () => {
      end = `took more than ${timeoutMillis} ms`;
      socket.destroy();
    });
    const secured = new TLSSocket(socket, { isServer: true, secureContext: this.context });
    const onClose = () => {
      timer.cancel();
      this.underWay.delete(socket);
      logger.warn({ address }, `the TLS handshake of a client ${end}`);
    };
    this.underWay.add(socket);
    // An error is followed by the close.
    socket.on("error", () => undefined);
    secured.on("error", () => undefined);
    secured.once("close", onClose);
    secured.once("secure", () => {
      timer.cancel();
      this.underWay.delete(socket);
      secured.off("close", onClose);
      onSecure(secured);
    });
  }

  /** For handshakes from now on. */
  use(identity: TlsIdentity): void {
    this.context = createSecureContext(identity);
  }

  /** Gives up the handshakes under way. */
  close(): void {
    for (const socket of [...this.underWay]) socket.destroy();
  }
}
