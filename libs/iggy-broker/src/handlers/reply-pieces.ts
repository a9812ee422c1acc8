/** The parts of one reply, sent one behind the other as they lie in memory. */
export interface ReplyPieces {
  readonly pieces: readonly Uint8Array[];
  /** To be called once the socket has taken the bytes, or will never: their memory is used again. */
  release(): void;
}

/** A reply whose memory is nobody else's. */
export function ownPieces(...pieces: readonly Uint8Array[]): ReplyPieces {
  return { pieces, release: () => undefined };
}
