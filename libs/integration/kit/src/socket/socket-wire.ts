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
