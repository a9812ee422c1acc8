import { fail } from "../errors/protocol-errors.js";
import { FieldKind, type FieldValue, fieldValue, type TypedField } from "./typed-field.js";
import { decodeUserHeaders, type HeaderInput, headerInputField, type UserHeader } from "./user-headers.js";

/**
 * The user headers of a message by key. Nothing is decoded before the first question; the bytes must not change until
 * then. Where a key occurs twice the last one counts, as with the official clients; iteration gives all, in their order.
 * Every call may throw `iggy-protocol.truncated` or `iggy-protocol.invalid-value` for bytes that are no headers.
 */
export class HeaderMap implements Iterable<UserHeader> {
  private decoded: readonly UserHeader[] | undefined;

  /** @param bytes encoded user headers, as `PolledBatches.headersBytes` gives them; empty = no headers */
  constructor(private readonly bytes: Uint8Array) {}

  /** Headers, repeated keys included. */
  get size(): number {
    return this.entries().length;
  }

  [Symbol.iterator](): Iterator<UserHeader> {
    return this.entries()[Symbol.iterator]();
  }

  has(key: HeaderInput): boolean {
    return this.field(key) !== undefined;
  }

  /** Kind and bytes of a value. */
  field(key: HeaderInput): TypedField | undefined {
    const wanted = headerInputField(key);
    return this.entries().findLast((header) => isSameField(header.key, wanted))?.value;
  }

  /** The value, whatever its kind; integers above 32 bits are bigint. */
  value(key: HeaderInput): FieldValue | undefined {
    const field = this.field(key);
    return field === undefined ? undefined : fieldValue(field);
  }

  /** A value of kind text. Another kind raises `iggy-protocol.invalid-value`. */
  text(key: HeaderInput): string | undefined {
    return this.typed(key, "text", (value) => typeof value === "string") as string | undefined;
  }

  /** A value of kind raw. */
  raw(key: HeaderInput): Uint8Array | undefined {
    return this.typed(key, "raw", (value) => value instanceof Uint8Array) as Uint8Array | undefined;
  }

  bool(key: HeaderInput): boolean | undefined {
    return this.typed(key, "bool", (value) => typeof value === "boolean") as boolean | undefined;
  }

  /** A float, or an integer of at most 32 bits. */
  number(key: HeaderInput): number | undefined {
    return this.typed(key, "a number of at most 32 bits or a float", (value) => typeof value === "number") as
      | number
      | undefined;
  }

  /** An integer of any size. */
  integer(key: HeaderInput): bigint | undefined {
    const field = this.field(key);
    if (field === undefined) return undefined;
    if (field.kind < FieldKind.I8 || field.kind > FieldKind.U128) throw wrongKind(field.kind, "an integer");
    return BigInt(fieldValue(field) as number | bigint);
  }

  private typed(
    key: HeaderInput,
    wanted: string,
    holds: (value: FieldValue) => boolean,
  ): FieldValue | undefined {
    const field = this.field(key);
    if (field === undefined) return undefined;
    const value = fieldValue(field);
    if (!holds(value)) throw wrongKind(field.kind, wanted);
    return value;
  }

  private entries(): readonly UserHeader[] {
    this.decoded ??= decodeUserHeaders(this.bytes);
    return this.decoded;
  }
}

function isSameField(one: TypedField, other: TypedField): boolean {
  return (
    one.kind === other.kind &&
    one.bytes.length === other.bytes.length &&
    one.bytes.every((byte, index) => byte === other.bytes[index])
  );
}

function wrongKind(kind: number, wanted: string): Error {
  return fail(
    "iggy-protocol.invalid-value",
    `a user header has field kind ${kind}, ${wanted} was asked for`,
    {
      context: { kind },
    },
  );
}
