/** Opcodes of RFC 6455 section 5.2. */
export const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Close codes of RFC 6455 section 7.4.1. */
export const CloseCode = {
  ProtocolError: 1002,
  /** A close frame without a code; never sent. */
  None: 1005,
  /** The connection ended without a close frame; never sent. */
  Abnormal: 1006,
  TooBig: 1009,
} as const;

/** The peer broke the protocol; the connection is to be ended with {@link code}. */
export class WebSocketFault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the frames of a connection say. The bytes belong to the reader: read them during the call. */
export interface FrameHandler {
  onMessage(message: Uint8Array): void;
  onPing(payload: Uint8Array): void;
  onPong(): void;
  /** The last call. @param code {@link CloseCode.None} where there was none */
  onClose(code: number): void;
}

const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const CONTROL_BYTES_MAX = 125;
const CONTROL_FROM = Opcode.Close;
const TWO_32 = 4294967296;
const WHOLE_TEXT = FINAL | Opcode.Text;
const WHOLE_BINARY = FINAL | Opcode.Binary;
/** Head of two octets, length of eight. */
const HEAD_BYTES_MAX = 10;

/**
 * Reads the frames that a WebSocket server sends (RFC 6455 section 5) where the socket has put them. A message in one
 * frame, which is what venues send, is handed out as a view of that memory; only parts of fragmented ones are copied.
 * Text is handed out as bytes, without a look at whether it is UTF-8.
 */
export class WebSocketFrames {
  /** Set by whoever wants nothing more: the call of {@link read} under way ends behind the present frame. */
  isStopped = false;
  /** Octets that the frame at the end of the last read will have, head included, as far as that is known; else 0. */
  frameBytes = 0;
  private fragments: Uint8Array[] = [];
  private fragmentBytes = 0;
  private isFragmented = false;

  /** @param messageBytesMax larger messages are faults, also in fragments */
  constructor(
    private readonly messageBytesMax: number,
    private readonly handler: FrameHandler,
  ) {}

  /**
   * Handles all whole frames.
   *
   * @returns where the first frame begins that is not whole yet: the rest is to be given again, with what follows it
   * @throws WebSocketFault at the first frame that breaks the protocol; those before it have been handled
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    // Asked for once: to ask an array for its memory costs as much as to make a view of it.
    const { buffer, byteOffset } = bytes;
    let at = start;
    this.frameBytes = 0;
    while (end - at >= 2 && !this.isStopped) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      // A whole message: what nearly every frame of a venue is.
      const isWhole =
        (first === WHOLE_TEXT || first === WHOLE_BINARY) && second < MASKED && !this.isFragmented;
      if (!isWhole) this.check(first, second);
      let length = second & LENGTH;
      let payload = at + 2;
      if (length >= LENGTH_16) {
        payload = at + (length === LENGTH_16 ? 4 : HEAD_BYTES_MAX);
        if (end < payload) break;
        length = longLength(bytes, at, length);
      }
      const next = payload + length;
      if (length > this.messageBytesMax - this.fragmentBytes && (first & OPCODE) < CONTROL_FROM) {
        throw new WebSocketFault(CloseCode.TooBig, `a message has more than ${this.messageBytesMax} octets`);
      }
      if (next > end) {
        this.frameBytes = next - at;
        break;
      }
      if (isWhole) {
        this.handler.onMessage(new Uint8Array(buffer, byteOffset + payload, length));
      } else {
        this.unusual(first, bytes.subarray(payload, next));
      }
      at = next;
    }
    return at;
  }

  /** @throws WebSocketFault for a head that no server may send here */
  private check(first: number, second: number): void {
    const opcode = first & OPCODE;
    if ((first & RESERVED) !== 0)
      throw protocolError("a reserved bit is set, and no extension was agreed on");
    if (second >= MASKED) throw protocolError("a server masks its frames");
    if (opcode >= CONTROL_FROM) {
      if (opcode > Opcode.Pong) throw protocolError(`the opcode ${opcode} is not defined`);
      if ((first & FINAL) === 0) throw protocolError("a control frame is fragmented");
      if (second > CONTROL_BYTES_MAX) throw protocolError("a control frame has more than 125 octets");
      return;
    }
    if (opcode > Opcode.Binary) throw protocolError(`the opcode ${opcode} is not defined`);
    if ((opcode === Opcode.Continuation) === this.isFragmented) return;
    throw protocolError(
      this.isFragmented ? "a message begins within another" : "a message continues that did not begin",
    );
  }

  private unusual(first: number, payload: Uint8Array): void {
    switch (first & OPCODE) {
      case Opcode.Ping:
        this.handler.onPing(payload);
        break;
      case Opcode.Pong:
        this.handler.onPong();
        break;
      case Opcode.Close:
        this.close(payload);
        break;
      default:
        this.fragment((first & FINAL) !== 0, payload);
    }
  }

  private fragment(isLast: boolean, payload: Uint8Array): void {
    this.isFragmented = !isLast;
    if (payload.length > 0) this.fragments.push(payload.slice());
    this.fragmentBytes += payload.length;
    if (!isLast) return;
    const message = new Uint8Array(this.fragmentBytes);
    let at = 0;
    for (const fragment of this.fragments) {
      message.set(fragment, at);
      at += fragment.length;
    }
    this.fragments = [];
    this.fragmentBytes = 0;
    this.handler.onMessage(message);
  }

  private close(payload: Uint8Array): void {
    if (payload.length === 1) throw protocolError("a close frame has half a code");
    const code = payload.length === 0 ? CloseCode.None : payload[0]! * 256 + payload[1]!;
    if (payload.length > 0 && !maySend(code)) throw protocolError(`the close code ${code} may not be sent`);
    this.isStopped = true;
    this.handler.onClose(code);
  }
}

/** A frame of a client, which is masked (RFC 6455 section 5.3). @param mask four octets that nobody could foresee */
export function encodeClientFrame(opcode: Opcode, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const { length } = payload;
  const extra = length < LENGTH_16 ? 0 : length < 65_536 ? 2 : 8;
  const frame = new Uint8Array(2 + extra + 4 + length);
  const view = new DataView(frame.buffer);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (extra === 0 ? length : extra === 2 ? LENGTH_16 : LENGTH_16 + 1);
  if (extra === 2) view.setUint16(2, length);
  else if (extra === 8) view.setBigUint64(2, BigInt(length));
  const maskAt = 2 + extra;
  frame.set(mask, maskAt);
  for (let index = 0; index < length; index++) {
    frame[maskAt + 4 + index] = payload[index]! ^ mask[index & 3]!;
  }
  return frame;
}

/** Codes that a peer may put into a close frame (RFC 6455 section 7.4). */
function maySend(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/** A length of 16 or of 64 bits; beyond 2^53 it is not exact, and too much in any case. */
function longLength(bytes: Uint8Array, at: number, short: number): number {
  if (short === LENGTH_16) return bytes[at + 2]! * 256 + bytes[at + 3]!;
  return word(bytes, at + 2) * TWO_32 + word(bytes, at + 6);
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function protocolError(what: string): WebSocketFault {
  return new WebSocketFault(CloseCode.ProtocolError, `the venue breaks the WebSocket protocol: ${what}`);
}
