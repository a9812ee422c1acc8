import {
  decodeUserHeaders,
  encodeUserHeaders,
  FieldKind,
  fieldValue,
  headerField,
  type TypedField,
  type UserHeader,
  userHeader,
} from "@ims/iggy-protocol";
import { SIGNATURE_BYTES, type SignatureScheme, schemeCode, schemeOfCode } from "../schemes.js";
import { type ContentPlace, type SignedSource, writeU64 } from "./signed-content.js";

/** Names of the user headers, in the order in which they stand behind those of the message itself. */
export const SIGNED_HEADER = {
  stream: "ims-stream",
  topic: "ims-topic",
  partition: "ims-partition",
  offset: "ims-offset",
  after: "ims-after",
  scheme: "ims-scheme",
  keyId: "ims-key-id",
  signature: "ims-signature",
} as const;
/** The one header, beside `ims-after`, of a message that holds the record of a batch. */
export const BATCH_HEADER = "ims-batch";
const BATCH_VERSION = 1;
const KEY_ID_BYTES = 8;

/** The user headers of a signed message as one block of octets, of which only three values change from message to message. */
export class SignatureBlock {
  readonly bytes: Buffer;
  readonly #offsetAt: number;
  readonly #afterAt: number;
  readonly #signatureAt: number;

  /** @param keyId 16 hexadecimal digits */
  constructor(source: SignedSource, scheme: SignatureScheme, keyId: string) {
    const headers = [
      userHeader(SIGNED_HEADER.stream, source.stream),
      userHeader(SIGNED_HEADER.topic, source.topic),
      userHeader(SIGNED_HEADER.partition, headerField.u32(source.partition)),
      userHeader(SIGNED_HEADER.offset, headerField.u64(0)),
      userHeader(SIGNED_HEADER.after, headerField.u64(0)),
      userHeader(SIGNED_HEADER.scheme, headerField.u8(schemeCode(scheme))),
      userHeader(SIGNED_HEADER.keyId, Buffer.from(keyId, "hex")),
      userHeader(SIGNED_HEADER.signature, new Uint8Array(SIGNATURE_BYTES)),
    ];
    const endOf = (count: number) => encodeUserHeaders(headers.slice(0, count)).length;
    this.bytes = Buffer.from(encodeUserHeaders(headers));
    this.#offsetAt = endOf(4) - 8;
    this.#afterAt = endOf(5) - 8;
    this.#signatureAt = this.bytes.length - SIGNATURE_BYTES;
  }

  /** Writes the block for one message into `out` at `at`. @param signature 64 octets of `signatures` from `start` on */
  write(out: Buffer, at: number, place: ContentPlace, signatures: Buffer, start: number): void {
    this.bytes.copy(out, at);
    writeU64(out, at + this.#offsetAt, place.offset);
    writeU64(out, at + this.#afterAt, place.after);
    signatures.copy(out, at + this.#signatureAt, start, start + SIGNATURE_BYTES);
  }
}

/** The user headers of the message that holds the record of a batch. @param after as in {@link ContentPlace} of its first message */
export function batchHeaders(after: number): Uint8Array {
  return encodeUserHeaders([
    userHeader(BATCH_HEADER, headerField.u8(BATCH_VERSION)),
    userHeader(SIGNED_HEADER.after, headerField.u64(after)),
  ]);
}

/** What the user headers of a message say of its signature; nothing of it is verified. */
export type SignedHeaders =
  | { readonly kind: "none" }
  | { readonly kind: "bad"; readonly detail: string }
  | { readonly kind: "batch"; readonly after: number }
  | {
      readonly kind: "message";
      readonly source: SignedSource;
      readonly place: ContentPlace;
      readonly scheme: SignatureScheme;
      readonly keyId: string;
      readonly signature: Uint8Array;
      /** Octets of the message's own headers, which stand before the block. */
      readonly ownLength: number;
    };

/** Reads encoded user headers. Signatures of a signature stand one behind the other: the last one counts. */
export function readSignedHeaders(headers: Uint8Array): SignedHeaders {
  if (headers.length === 0) return { kind: "none" };
  let decoded: UserHeader[];
  try {
    decoded = decodeUserHeaders(headers);
  } catch {
    // Whatever their sender meant: they are no headers of ours.
    return { kind: "none" };
  }
  const keys = decoded.map(({ key }) => (key.kind === FieldKind.Text ? String(fieldValue(key)) : ""));
  if (keys.at(-2) === BATCH_HEADER && keys.at(-1) === SIGNED_HEADER.after && keys.length === 2) {
    const after = wholeNumber(decoded[1]!.value);
    return after === undefined ? { kind: "bad", detail: "ims-after is no number" } : { kind: "batch", after };
  }
  if (keys.at(-1) !== SIGNED_HEADER.signature) return { kind: "none" };
  const names = Object.values(SIGNED_HEADER);
  const own = decoded.length - names.length;
  if (own < 0 || names.some((name, index) => keys[own + index] !== name)) {
    return { kind: "bad", detail: `the headers ${names.join(", ")} have to stand behind all others` };
  }
  return readBlock(
    decoded.slice(own).map(({ value }) => value),
    encodeUserHeaders(decoded.slice(0, own)).length,
  );
}

function readBlock(values: readonly TypedField[], ownLength: number): SignedHeaders {
  const [stream, topic, partition, offset, after, scheme, keyId, signature] = values;
  const numbers = [partition!, offset!, after!, scheme!].map(wholeNumber);
  const isText = stream!.kind === FieldKind.Text && topic!.kind === FieldKind.Text;
  const code = numbers[3] ?? 0;
  if (!isText || numbers.includes(undefined) || code < 1 || code > 3) {
    return { kind: "bad", detail: "a header of the signature has a value of another kind" };
  }
  if (keyId!.bytes.length !== KEY_ID_BYTES || signature!.bytes.length !== SIGNATURE_BYTES) {
    return { kind: "bad", detail: "the key id or the signature has a wrong length" };
  }
  return {
    kind: "message",
    source: {
      stream: String(fieldValue(stream!)),
      topic: String(fieldValue(topic!)),
      partition: numbers[0]!,
    },
    place: { offset: numbers[1]!, after: numbers[2]! },
    scheme: schemeOfCode(code),
    keyId: Buffer.from(keyId!.bytes).toString("hex"),
    signature: signature!.bytes,
    ownLength,
  };
}

function wholeNumber({ kind, bytes }: TypedField): number | undefined {
  if (kind < FieldKind.U8 || kind > FieldKind.U64) return undefined;
  const value = Number(fieldValue({ kind, bytes }));
  return Number.isSafeInteger(value) ? value : undefined;
}
