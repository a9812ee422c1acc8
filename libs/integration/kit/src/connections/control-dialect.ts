/** How a venue is asked for streams. Each message is answered before the next one goes out. */
export interface ControlDialect {
  /** Streams that one message asks for at most. */
  readonly streamsPerMessage: number;
  /** One text frame. @param id of the message, for the answer */
  subscribe(streams: readonly string[], id: number): string;
  unsubscribe(streams: readonly string[], id: number): string;
}

/** The venue's answer to such a message. */
export interface ControlReply {
  /** As sent; null where the answer has none: it is to the one message under way. */
  readonly id: number | string | null;
  /** Undefined on success. */
  readonly error: { readonly code: number; readonly message: string } | undefined;
  /** The streams that the venue took, where it names them: the others were refused without a word. */
  readonly accepted?: readonly string[];
}
