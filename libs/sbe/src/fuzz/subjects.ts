import * as v1 from "../generated/v1/index.js";
import * as v2 from "../generated/v2/index.js";

/** What a run needs of a decoder; generated ones have it. */
export interface DecoderUnderTest {
  readonly limit: number;
  wrapAndApplyHeader(view: DataView, offset: number, length: number): unknown;
  skip(): number;
  toJSON(): unknown;
}

/** What frames are made with. */
interface MessageEncoder {
  readonly limit: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  wrapAndApplyHeader(view: DataView, offset: number): unknown;
}

interface GroupEncoder {
  readonly offset: number;
  next(): unknown;
}

/** One message of one schema version. */
export interface Subject {
  /** For example `v2.BookDelta`. */
  readonly name: string;
  /** `v1` or `v2`. */
  readonly version: string;
  /** Name in the schema. */
  readonly messageName: string;
  readonly templateId: number;
  readonly blockLength: number;
  /** Whether its 8-octet fields stand at multiples of 8. */
  readonly aligned: boolean;
  /** Groups and data in wire order, by the names of their setters' first part. */
  readonly groups: readonly { readonly name: string; readonly blockLength: number }[];
  readonly data: readonly string[];
  readonly encoder: MessageEncoder & Readonly<Record<string, unknown>>;
  readonly decoder: DecoderUnderTest;
  /** Reads a whole frame at once into values that are used again and again. */
  readonly bulkDecode: (view: DataView, offset: number, length: number) => void;
  /** Getters without arguments of the message, fields and data. */
  readonly getters: readonly string[];
}

interface FlyweightClass {
  readonly TEMPLATE_ID: number;
  readonly BLOCK_LENGTH: number;
  readonly prototype: object;
  new (): object;
}

type Codecs = Readonly<Record<string, unknown>>;

/** Every message of both versions, found by the names of generated code. */
export function allSubjects(): readonly Subject[] {
  return [...subjectsOf("v1", v1), ...subjectsOf("v2", v2)];
}

function subjectsOf(version: string, codecs: Codecs): readonly Subject[] {
  return Object.keys(codecs)
    .filter((key) => key.endsWith("Encoder") && "TEMPLATE_ID" in (codecs[key] as object))
    .map((key) => subject(version, key.slice(0, -"Encoder".length), codecs));
}

function subject(version: string, name: string, codecs: Codecs): Subject {
  const Encoder = codecs[`${name}Encoder`] as FlyweightClass;
  const Decoder = codecs[`${name}Decoder`] as FlyweightClass;
  const members = Object.getOwnPropertyNames(Decoder.prototype);
  // What follows the block has an end that only walking tells: `bidsEnd`, `textEnd`.
  const elements = members
    .filter((member) => member.endsWith("End"))
    .map((member) => member.slice(0, -"End".length));
  const groups = elements.filter((element) => `${element}Count` in Encoder.prototype);
  return {
    name: `${version}.${name}`,
    version,
    messageName: name,
    templateId: Encoder.TEMPLATE_ID,
    blockLength: Encoder.BLOCK_LENGTH,
    aligned: Encoder.BLOCK_LENGTH % 8 === 0,
    groups: groups.map((group) => ({
      name: group,
      blockLength: (codecs[`${name}${group[0]!.toUpperCase()}${group.slice(1)}Encoder`] as FlyweightClass)
        .BLOCK_LENGTH,
    })),
    data: elements.filter((element) => members.includes(`${element}Bytes`)),
    encoder: new Encoder() as Subject["encoder"],
    decoder: new Decoder() as DecoderUnderTest,
    bulkDecode: bulkDecoder(name, codecs),
    getters: members.filter((member) => isGetter(Decoder.prototype, member)),
  };
}

interface BulkDecoder {
  decode(view: DataView, offset: number, length: number, values: object): void;
}

function bulkDecoder(name: string, codecs: Codecs): Subject["bulkDecode"] {
  const Decoder = codecs[`${name}Decoder`] as BulkDecoder;
  const Values = codecs[`${name}Values`] as new () => object;
  const values = new Values();
  return (view, offset, length) => Decoder.decode(view, offset, length, values);
}

/** Methods that take nothing and read. */
function isGetter(prototype: object, member: string): boolean {
  const { value } = Object.getOwnPropertyDescriptor(prototype, member)!;
  return (
    typeof value === "function" &&
    value.length === 0 &&
    !["constructor", "renew", "sbeRewind"].includes(member)
  );
}

/** Begins a group of the subject's message. */
export function beginGroup({ encoder }: Subject, name: string, count: number): GroupEncoder {
  return (encoder[`${name}Count`] as (count: number) => GroupEncoder).call(encoder, count);
}

export function writeData({ encoder }: Subject, name: string, octets: Uint8Array): void {
  (encoder[`${name}Bytes`] as (octets: Uint8Array, start: number, length: number) => void).call(
    encoder,
    octets,
    0,
    octets.length,
  );
}
