import type { PrimitiveName } from "../schema/primitive-type.js";
import type { ByteOrder, Presence } from "../schema/schema-model.js";

/**
 * What a token says; every `begin…` has its `end…`. Within a message or group: fields, then groups, then data. The
 * first thing within a group is the composite of its dimension, within a field or data the one type that it has.
 */
export type Signal =
  | "beginMessage"
  | "endMessage"
  | "beginField"
  | "endField"
  | "beginComposite"
  | "endComposite"
  | "beginEnum"
  | "validValue"
  | "endEnum"
  | "beginSet"
  | "choice"
  | "endSet"
  | "beginGroup"
  | "endGroup"
  | "beginVarData"
  | "endVarData"
  | "encoding";

/**
 * One step of a schema told as a flat list, as plain JSON: the same idea as the tokens of the reference tool.
 * Values are text because 64-bit integers and NaN are no JSON numbers.
 */
export interface Token {
  readonly signal: Signal;
  readonly name: string;
  /** Octets from the start of the enclosing block or composite. */
  readonly offset: number;
  /**
   * Octets on the wire; 0 for constants and what is of variable length. Of a message its block length, of a group the
   * block length of an entry.
   */
  readonly size: number;
  /** Tokens from this one to its end, both included; 1 for a token without an end. */
  readonly tokenCount: number;
  /** Template id of a message, field id of a field, group or data. */
  readonly id?: number;
  /**
   * Name of the type in the schema, on composites, enums, sets and encodings. An inline type whose name belongs to a
   * different type already has the name of its composite in front, so that equal names mean equal types.
   */
  readonly typeName?: string;
  /** Package of the type, where the schema sets one other than its own. */
  readonly package?: string;
  readonly primitive?: PrimitiveName;
  readonly byteOrder?: ByteOrder;
  /** Elements of an array; 0 for the content of data, which in the composite of a field has no octets. */
  readonly length?: number;
  readonly presence?: Presence;
  readonly nullValue?: string;
  readonly minValue?: string;
  readonly maxValue?: string;
  /** Of a constant: its value; of a constant enum field the name of the valid value. */
  readonly constant?: string;
  /** `Enum.Value` where the constant was given by reference. */
  readonly valueRef?: string;
  /** Of a valid value its number, of a choice its bit position. */
  readonly value?: string;
  /** `US-ASCII`, `UTF-8`, `ISO-8859-1`, or another charset's name in upper case. */
  readonly characterEncoding?: string;
  /** Of a field: what a time counts from, and in which unit. */
  readonly epoch?: string;
  readonly timeUnit?: string;
  readonly sinceVersion: number;
  readonly deprecated?: number;
  readonly semanticType?: string;
  readonly description?: string;
}

/** Whether a member of a composite takes no octets without being a constant: data that a field cannot have. */
export function isVoid({ signal, length, presence }: Token): boolean {
  return signal === "encoding" && length === 0 && presence !== "constant";
}

/** A whole schema as tokens; the only input of printers. */
export interface SchemaTokens {
  /** Form of this document; raised when a printer for the form before would misread it. */
  readonly irVersion: 1;
  readonly package: string;
  readonly id: number;
  readonly version: number;
  readonly semanticVersion?: string;
  readonly description?: string;
  readonly byteOrder: ByteOrder;
  readonly header: readonly Token[];
  /** Every global composite, enum and set in document order, used by a message or not. */
  readonly types: readonly (readonly Token[])[];
  readonly messages: readonly (readonly Token[])[];
}
