import { HEADER_LENGTH } from "../runtime/message-header.js";
import type { RandomSource } from "./random-source.js";
import { beginGroup, type Subject, writeData } from "./subjects.js";

/** A valid frame, and where its 16-bit lengths, counts and ids stand. */
export interface SampleFrame {
  readonly octets: Uint8Array;
  readonly lengthPositions: readonly number[];
}

const DIMENSION_LENGTH = 8;
const DATA_PREFIX_LENGTH = 2;
const ENTRIES_MAX = 12;
const DATA_MAX = 64;
const FRAME_MAX = 4096;

/**
 * A valid frame of the subject: up to 12 entries a group, up to 64 octets of data, and in half of all cases any value
 * in any field, in the others modest ones.
 */
export function sampleFrame(subject: Subject, random: RandomSource): SampleFrame {
  const { encoder } = subject;
  const bytes = new Uint8Array(FRAME_MAX);
  encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  const modest = random.below(2) === 0;
  const phase = subject.aligned ? 0 : random.below(8);
  const fill = (start: number, end: number) => {
    if (modest) random.fillModestly(bytes, start, end, phase);
    else random.fill(bytes, start, end);
  };
  fill(HEADER_LENGTH, HEADER_LENGTH + subject.blockLength);
  const lengthPositions = [0, 2, 4, 6];
  let at = HEADER_LENGTH + subject.blockLength;
  for (const { name, blockLength } of subject.groups) {
    const count = random.below(ENTRIES_MAX + 1);
    const entries = beginGroup(subject, name, count);
    for (let offset = 0; offset < DIMENSION_LENGTH; offset += 2) lengthPositions.push(at + offset);
    at += DIMENSION_LENGTH;
    for (let index = 0; index < count; index++) {
      entries.next();
      fill(at, at + blockLength);
      at += blockLength;
    }
  }
  for (const name of subject.data) {
    const octets = new Uint8Array(random.below(DATA_MAX + 1));
    random.fill(octets, 0, octets.length);
    writeData(subject, name, octets);
    lengthPositions.push(at);
    at += DATA_PREFIX_LENGTH + octets.length;
  }
  if (encoder.limit !== at) {
    throw new Error(`${subject.name}: the frame ends at ${encoder.limit}, its parts at ${at}`);
  }
  return { octets: bytes.slice(0, at), lengthPositions };
}
