import type { Place } from "../diagnostics/diagnostics.js";
import type { PrimitiveType } from "./primitive-type.js";

export type Presence = "required" | "optional" | "constant";
export type ByteOrder = "littleEndian" | "bigEndian";

/** What every named element of a schema may say about itself. */
export interface Described {
  readonly name: string;
  readonly place: Place;
  readonly description?: string;
  readonly semanticType?: string;
  /** Schema version that added the element; 0 for the first. */
  readonly sinceVersion: number;
  /** Schema version from which the element is no longer used. */
  readonly deprecated?: number;
}

/** `type`: one value, an array of values, or (length 0) the variable part of a data composite. */
export interface EncodedType extends Described {
  readonly kind: "type";
  readonly primitive: PrimitiveType;
  /** Elements; 0 marks the variable part of a data composite. */
  readonly length: number;
  /** Octets on the wire: 0 for constants and for the variable part. */
  readonly size: number;
  readonly presence: Presence;
  readonly nullValue?: string;
  readonly minValue?: string;
  readonly maxValue?: string;
  /** Canonical text of a constant; of a char array its characters. */
  readonly constant?: string;
  /** `Enum.Value` where a constant was given by reference. */
  readonly valueRef?: string;
  readonly characterEncoding?: string;
}

export interface ValidValue extends Described {
  /** Canonical integer text; of a char enum the character's code. */
  readonly value: string;
}

export interface EnumType extends Described {
  readonly kind: "enum";
  /** Of the `types` element, for outputs that spread a schema over several packages. */
  readonly package?: string;
  readonly primitive: PrimitiveType;
  readonly size: number;
  readonly nullValue: string;
  readonly values: readonly ValidValue[];
}

export interface Choice extends Described {
  /** Bit position from the least significant bit. */
  readonly bit: number;
}

export interface SetType extends Described {
  readonly kind: "set";
  readonly package?: string;
  readonly primitive: PrimitiveType;
  readonly size: number;
  readonly choices: readonly Choice[];
}

export interface CompositeMember extends Described {
  /** Octets from the start of the composite. */
  readonly offset: number;
  readonly type: SchemaType;
}

export interface CompositeType extends Described {
  readonly kind: "composite";
  readonly package?: string;
  readonly size: number;
  readonly members: readonly CompositeMember[];
}

export type SchemaType = EncodedType | EnumType | SetType | CompositeType;

export interface FieldDefinition extends Described {
  readonly id: number;
  /** Octets from the start of the block. */
  readonly offset: number;
  readonly type: SchemaType;
  /** Of the field, else of its type. */
  readonly presence: Presence;
  /** Whether the schema names the offset, so that elements in front cannot move the field. */
  readonly placed: boolean;
  /** Canonical text of a constant; of an enum field the name of the valid value. */
  readonly constant?: string;
  readonly valueRef?: string;
  readonly epoch?: string;
  readonly timeUnit?: string;
}

export interface DataDefinition extends Described {
  readonly id: number;
  readonly type: CompositeType;
  readonly lengthType: EncodedType;
  readonly contentType: EncodedType;
}

/** What a message, and each entry of a group, consists of: one block of fields, then groups, then data. */
export interface BlockContent {
  readonly blockLength: number;
  readonly fields: readonly FieldDefinition[];
  readonly groups: readonly GroupDefinition[];
  readonly data: readonly DataDefinition[];
}

export interface GroupDefinition extends Described, BlockContent {
  readonly id: number;
  readonly dimension: CompositeType;
}

export interface MessageDefinition extends Described, BlockContent {
  readonly id: number;
}

export interface SchemaDefinition {
  readonly package: string;
  readonly id: number;
  readonly version: number;
  readonly semanticVersion?: string;
  readonly description?: string;
  readonly byteOrder: ByteOrder;
  readonly header: CompositeType;
  /** All global composites, enums and sets in document order, used or not. */
  readonly types: readonly (CompositeType | EnumType | SetType)[];
  readonly messages: readonly MessageDefinition[];
}
