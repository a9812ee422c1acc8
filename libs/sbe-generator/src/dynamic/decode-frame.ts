import { EMPTY_ENTRIES_MAX } from "../runtime/failures.js";
import { CodecError, truncated } from "./codec-error.js";
import {
  type BlockPlan,
  type DataPlan,
  type GroupPlan,
  type HeaderPlan,
  readNumber,
  type SchemaPlan,
} from "./frame-plan.js";
import { hexOf, type JsonValue, setMember } from "./json-value.js";

/** Entries of no octets in all groups of one frame: few enough to be made in a moment. */
const EMPTY_ENTRIES_IN_FRAME_MAX = 1_048_576;

export interface FrameHeader {
  readonly blockLength: number;
  readonly templateId: number;
  readonly schemaId: number;
  readonly version: number;
}

export interface DecodedFrame extends FrameHeader {
  readonly message: string;
  readonly values: { readonly [name: string]: JsonValue };
  /** Octets of the frame from its header on, as far as this schema knows it; a newer sender may have added data. */
  readonly length: number;
}

/** The four numbers of a header; throws `sbe.truncated`, also for a place that is none. */
export function decodeHeader(header: HeaderPlan, view: DataView, at: number): FrameHeader {
  if (!(Number.isInteger(at) && at >= 0 && at + header.size <= view.byteLength)) {
    throw truncated("header", at, header.size, view.byteLength);
  }
  const read = (name: string) => readNumber(header.members.get(name)!, view, at);
  return {
    blockLength: read("blockLength"),
    templateId: read("templateId"),
    schemaId: read("schemaId"),
    version: read("version"),
  };
}

export function decodeFrame(plan: SchemaPlan, view: DataView, at: number): DecodedFrame {
  const header = decodeHeader(plan.header, view, at);
  if (header.schemaId !== plan.id) {
    throw new CodecError(
      "sbe.wrong-schema",
      "header.schemaId",
      `the frame is of schema ${header.schemaId}, not of ${plan.id}`,
      "Decode it with the schema that it was written with",
    );
  }
  const message = plan.byTemplate.get(header.templateId);
  if (!message) {
    throw new CodecError(
      "sbe.unknown-template",
      "header.templateId",
      `schema ${plan.id} has no message with template id ${header.templateId}`,
      "Use a newer schema, or skip the frame",
    );
  }
  const reader = new FrameReader(view, at + plan.header.size, header.version);
  const values = reader.block(message, header.blockLength, message.name);
  return { message: message.name, ...header, length: reader.limit - at, values };
}

/** Walks one message; every octet that is read lies before the end of the view. */
class FrameReader {
  #emptyEntries = 0;

  constructor(
    private readonly view: DataView,
    public limit: number,
    private readonly version: number,
  ) {}

  block(plan: BlockPlan, actingLength: number, path: string): Record<string, JsonValue> {
    const start = this.limit;
    if (actingLength < plan.requiredLength) {
      throw truncated(path, start, plan.requiredLength, start + actingLength);
    }
    this.#advance(actingLength, path);
    const values: Record<string, JsonValue> = {};
    for (const { name, offset, sinceVersion, constant, codec } of plan.fields) {
      // A block shorter than its version promises lacks its last optional fields, which are never read beyond it.
      const present = constant || (sinceVersion <= this.version && offset + codec.size <= actingLength);
      setMember(values, name, present ? codec.read(this.view, start + offset, this.version) : null);
    }
    for (const group of plan.groups) {
      setMember(values, group.name, this.#group(group, `${path}.${group.name}`));
    }
    for (const data of plan.data) setMember(values, data.name, this.#data(data, `${path}.${data.name}`));
    return values;
  }

  #group(plan: GroupPlan, path: string): JsonValue {
    if (plan.sinceVersion > this.version) return [];
    const start = this.limit;
    this.#advance(plan.dimensionSize, path);
    const blockLength = readNumber(plan.blockLengthMember, this.view, start);
    const count = readNumber(plan.countMember, this.view, start);
    if (count < 0 || count > plan.countMember.max) {
      throw countTooLarge(path, `${count} entries, at most ${plan.countMember.max} are allowed`);
    }
    const entryLength = blockLength + plan.smallestTail;
    if (entryLength === 0 && count > EMPTY_ENTRIES_MAX) {
      throw countTooLarge(path, `${count} entries without octets, at most ${EMPTY_ENTRIES_MAX} are allowed`);
    }
    // A count that the frame cannot hold is refused before any entry is read.
    if (count * entryLength > this.view.byteLength - this.limit) {
      throw truncated(path, this.limit, count * entryLength, this.view.byteLength);
    }
    const entries: JsonValue[] = [];
    for (let index = 0; index < count; index++) {
      const entryStart = this.limit;
      entries.push(this.block(plan, blockLength, `${path}[${index}]`));
      if (this.limit === entryStart && ++this.#emptyEntries > EMPTY_ENTRIES_IN_FRAME_MAX) {
        throw countTooLarge(
          path,
          `more than ${EMPTY_ENTRIES_IN_FRAME_MAX} entries without octets in one frame`,
        );
      }
    }
    return entries;
  }

  #data(plan: DataPlan, path: string): JsonValue {
    if (plan.sinceVersion > this.version) return plan.text ? "" : { hex: "" };
    const lengthAt = this.limit;
    this.#advance(plan.length.access.size, path);
    const length = readNumber(plan.length, this.view, lengthAt);
    if (plan.limited && length > plan.length.max) {
      throw new CodecError(
        "sbe.length-too-large",
        path,
        `${length} octets, at most ${plan.length.max} are allowed`,
        "Discard the frame",
      );
    }
    const start = this.limit;
    this.#advance(length, path);
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
    return plan.text ? plan.text.decode(bytes) : { hex: hexOf(bytes) };
  }

  #advance(octets: number, path: string): void {
    const end = this.limit + octets;
    if (end > this.view.byteLength) throw truncated(path, this.limit, octets, this.view.byteLength);
    this.limit = end;
  }
}

function countTooLarge(path: string, problem: string): CodecError {
  return new CodecError("sbe.count-too-large", path, problem, "Discard the frame");
}
