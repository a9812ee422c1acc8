/** A partition of the topic that was signed, not of the one that holds the signed copies. */
export interface SignedSource {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
}

const HEAD_BYTES = 20;
const FIRST_BYTES = 4_096;
const TWO_32 = 4_294_967_296;

/**
 * The context of the signatures of single messages of a partition, for `DigestMaker`: `stream`, the names and the number,
 * with a zero between them (docs/signing.md). Its first word is in the context of no other kind of signature.
 */
export function streamContext({ stream, topic, partition }: SignedSource): Uint8Array {
  return Buffer.from(["stream", stream, topic, String(partition)].join("\0"));
}

/** Where a message stands in the topic that was signed, and what was signed before it. */
export interface ContentPlace {
  readonly offset: number;
  /** 1 + the offset of the record signed before it; 0 for the first one. So no message can be taken out unseen. */
  readonly after: number;
}

/**
 * Puts together what is signed of a message, little-endian: offset u64, after u64, length of the user headers u32, user
 * headers, payload. The octets are valid until the next call.
 */
export class SignedContent {
  #bytes = Buffer.alloc(FIRST_BYTES);
  /** The octets given last, and the same as a Buffer, which copies faster. */
  #given: Uint8Array | undefined;
  #from: Buffer = this.#bytes;

  /**
   * @param bytes where the payload stands, and the message's own user headers behind it
   * @param headersLength octets of those headers
   */
  of(
    place: ContentPlace,
    bytes: Uint8Array,
    payloadStart: number,
    payloadLength: number,
    headersLength: number,
  ): Uint8Array {
    const length = HEAD_BYTES + payloadLength + headersLength;
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(2 ** Math.ceil(Math.log2(length)));
    const content = this.#bytes;
    writeU64(content, 0, place.offset);
    writeU64(content, 8, place.after);
    content.writeUInt32LE(headersLength, 16);
    if (bytes !== this.#given) {
      this.#given = bytes;
      this.#from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const payloadEnd = payloadStart + payloadLength;
    if (headersLength > 0) this.#from.copy(content, HEAD_BYTES, payloadEnd, payloadEnd + headersLength);
    this.#from.copy(content, HEAD_BYTES + headersLength, payloadStart, payloadEnd);
    return content.subarray(0, length);
  }
}

/** Writes a whole number below 2⁵³ as 64 bits. */
export function writeU64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value % TWO_32, at);
  bytes.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}
