import WebSocket from "ws";

/** What a wire tells. Nothing is called before the connector returned, nor after {@link SocketWireEvents.onClosed}. */
export interface SocketWireEvents {
  onOpen(): void;
  /**
   * Bytes were read: all messages until the next call were completed by them, and share the time of this call. A wire
   * that does not tell of its reads gives each message a time of its own.
   */
  onRead?(): void;
  /** One message. The bytes belong to the wire: read them during the call. */
  onMessage(frame: Uint8Array): void;
  /** A ping or pong of the other side; pings are answered by the wire itself, with the same payload. */
  onSign(): void;
  onError(message: string): void;
  /** The handshake was answered with something else than an upgrade. */
  onRefused(status: number, retryAfter: string | undefined): void;
  /** Once, also after {@link SocketWire.terminate}. */
  onClosed(code: number): void;
}

/** One WebSocket as sessions use it: a real one, or one within the process whose time is simulated. */
export interface SocketWire {
  readonly isOpen: boolean;
  readonly isPaused: boolean;
  send(text: string): void;
  ping(): void;
  /** Stops reading; what was read already may still arrive. */
  pause(): void;
  resume(): void;
  /** Ends it at once. */
  terminate(): void;
}

/**
 * Dials; throws for a URL that cannot be dialled.
 *
 * @param headers of the handshake, such as a key; none by default
 */
export type SocketConnector = (
  url: string,
  frameBytesMax: number,
  events: SocketWireEvents,
  headers?: Readonly<Record<string, string>>,
) => SocketWire;

/** Real sockets. */
export const dialSocket: SocketConnector = (url, frameBytesMax, events, headers) => {
  const socket = new WebSocket(url, {
    ...(headers && { headers: { ...headers } }),
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
    // Frames are read as bytes; text that is not UTF-8 only ever becomes a refused record.
    skipUTF8Validation: true,
  });
  socket.on("open", () => events.onOpen());
  socket.on("message", (data) => events.onMessage(data as Buffer));
  socket.on("ping", () => events.onSign());
  socket.on("pong", () => events.onSign());
  socket.on("error", (error) => events.onError(error.message || String(error)));
  socket.on("close", (code) => events.onClosed(code));
  socket.on("unexpected-response", (_request, reply) =>
    events.onRefused(reply.statusCode ?? 0, reply.headers["retry-after"]),
  );
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    get isPaused() {
      return socket.isPaused;
    },
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    terminate: () => socket.terminate(),
  };
};
