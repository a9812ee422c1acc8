const TWO_32 = 4294967296;
/** In place of an exchange id in the highest octet of a message id: nothing that a venue service publishes has it. */
const PROCESSOR_MARK = 0xff;

/** Outputs of one input record at most: their number has 11 bits of the id. */
export const OUTPUTS_PER_RECORD_MAX = 2048;

/**
 * Ids of a processor's messages as four 32-bit words, lowest first: what a record makes has the same ids whenever it is
 * made, and they rise along a partition.
 *
 * ```
 * word 0, 1   offset of the input record in 53 bits; above them, in 11 bits, the number of the output
 * word 2      partition of the input
 * word 3      0xff (8 bits), hash of the input's stream and topic (24 bits)
 * ```
 */
export class OutputIds {
  readonly words = new Uint32Array(4);

  constructor(stream: string, topic: string, partitionId: number) {
    this.words[2] = partitionId;
    this.words[3] = ((PROCESSOR_MARK << 24) | (hash24(`${stream}/${topic}`) & 0xffffff)) >>> 0;
  }

  of(offset: number, index: number): Uint32Array {
    const { words } = this;
    words[0] = offset;
    words[1] = (Math.floor(offset / TWO_32) & 0x1fffff) | (index << 21);
    return words;
  }

  /** The place that an id of this input tells, or `undefined` for an id of something else. */
  placeOf(id: Uint32Array): OutputPlace | undefined {
    if (id[2] !== this.words[2] || id[3] !== this.words[3]) return undefined;
    return { offset: (id[1]! & 0x1fffff) * TWO_32 + id[0]!, index: id[1]! >>> 21 };
  }
}

/** Which output of which input record. */
export interface OutputPlace {
  readonly offset: number;
  readonly index: number;
}

/** FNV-1a, folded to 24 bits. */
function hash24(text: string): number {
  let hash = 0x811c9dc5;
  for (const octet of new TextEncoder().encode(text)) hash = Math.imul(hash ^ octet, 0x01000193);
  return (hash >>> 24) ^ (hash & 0xffffff);
}
