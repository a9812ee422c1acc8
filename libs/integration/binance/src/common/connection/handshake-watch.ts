import type { Clock } from "@ims/common";
import type { SocketConnector, SocketWire } from "@ims/integration-kit";

/** How one attempt to connect ended. */
export type Handshake =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "refused"; readonly status: number }
  /** No answer, or none that is HTTP. */
  | { readonly outcome: "failed"; readonly reason: string };

export interface HandshakeWatchOptions {
  readonly dial: SocketConnector;
  readonly clock: Clock;
  /** Sent with every handshake. */
  readonly headers: Readonly<Record<string, string>>;
  /** After so long an attempt that is given up counts as failed; before, its owner did not need it any more. */
  readonly timeoutMillis: number;
  /** Told once for each attempt. */
  readonly onHandshake: (handshake: Handshake) => void;
}

/** A connector that sends headers with the handshake and tells how it ended. */
export function watchHandshakes(options: HandshakeWatchOptions): SocketConnector {
  const { clock, dial, headers, onHandshake, timeoutMillis } = options;
  return (url, frameBytesMax, events) => {
    const dialledMillis = clock.monotonicMillis();
    let told = false;
    const tell = (handshake: Handshake) => {
      if (told) return;
      told = true;
      onHandshake(handshake);
    };
    const wire = dial(
      url,
      frameBytesMax,
      {
        onOpen: () => {
          tell({ outcome: "accepted" });
          events.onOpen();
        },
        onRead: () => events.onRead?.(),
        onMessage: (frame) => events.onMessage(frame),
        onSign: () => events.onSign(),
        onError: (message) => {
          tell({ outcome: "failed", reason: message });
          events.onError(message);
        },
        onRefused: (status, retryAfter) => {
          tell({ outcome: "refused", status });
          events.onRefused(status, retryAfter);
        },
        onClosed: (code) => {
          tell({ outcome: "failed", reason: `closed with code ${code} before it was up` });
          events.onClosed(code);
        },
      },
      headers,
    );
    return withTerminate(wire, () => {
      if (clock.monotonicMillis() - dialledMillis >= timeoutMillis) {
        tell({ outcome: "failed", reason: `no answer within ${timeoutMillis} ms` });
      }
      told = true;
      wire.terminate();
    });
  };
}

function withTerminate(wire: SocketWire, terminate: () => void): SocketWire {
  return {
    get isOpen() {
      return wire.isOpen;
    },
    get isPaused() {
      return wire.isPaused;
    },
    send: (text) => wire.send(text),
    ping: () => wire.ping(),
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    terminate,
  };
}
