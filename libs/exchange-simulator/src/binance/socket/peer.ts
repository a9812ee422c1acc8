/** What the far end of a WebSocket does. */
export interface PeerEvents {
  message(text: string): void;
  /** A ping came; it is answered below this interface. */
  ping(): void;
  pong(payload: string): void;
  /** Once, whoever ended it. */
  closed(): void;
}

/** The venue's end of one open WebSocket: a real one, or one within the process. */
export interface Peer {
  readonly isOpen: boolean;
  /** Bytes accepted and not yet handed to the system, or to a client that paused. */
  readonly unsentBytes: number;
  listen(events: PeerEvents): void;
  /** One text frame; text already in UTF-8 goes out as it is. */
  send(text: string | Uint8Array, sent: () => void): void;
  /** One binary frame. */
  sendBinary(bytes: Uint8Array, sent: () => void): void;
  ping(payload: string): void;
  /** With a close frame. */
  close(code: number, reason: string): void;
  /** Without one. */
  terminate(): void;
  /** Neither reads nor answers any more, and does not say so. */
  freeze(): void;
}
