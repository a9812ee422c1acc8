import { HEADER_LENGTH } from "../runtime/message-header.js";
import type { RandomSource } from "./random-source.js";
import type { SampleFrame } from "./sample-frames.js";

/** Ways to make an input, in the order of the report. */
export const INPUT_KINDS = [
  "random octets",
  "random behind header",
  "valid",
  "flipped bits",
  "cut",
  "extreme lengths",
  "longer block",
  "spliced",
  "all at once",
] as const;

export type InputKind = (typeof INPUT_KINDS)[number];

/** Most octets of an input. */
export const INPUT_OCTETS_MAX = 1024;

/** Numbers at which lengths and counts of 16 bits go wrong. */
const EXTREMES = [0, 1, 7, 8, 15, 16, 17, 127, 128, 255, 256, 0x7fff, 0x8000, 0xfffd, 0xfffe, 0xffff];

/** Writes inputs into `octets`; {@link length} of them count. */
export class HostileInput {
  readonly octets = new Uint8Array(INPUT_OCTETS_MAX);
  length = 0;

  /**
   * Makes an input of the kind from a valid frame.
   * @param other a frame of any message, for splicing
   */
  make(kind: InputKind, sample: SampleFrame, other: SampleFrame, random: RandomSource): void {
    this.copy(sample.octets);
    switch (kind) {
      case "random octets":
        this.length = random.below(401);
        random.fill(this.octets, 0, this.length);
        break;
      case "random behind header":
        this.length = HEADER_LENGTH + random.below(401);
        random.fill(this.octets, HEADER_LENGTH, this.length);
        break;
      case "valid":
        break;
      case "flipped bits":
        this.flip(random);
        break;
      case "cut":
        this.cut(random);
        break;
      case "extreme lengths":
        this.stretch(sample, random);
        break;
      case "longer block":
        this.lengthenBlock(random);
        break;
      case "spliced":
        this.splice(other, random);
        break;
      case "all at once":
        this.stretch(sample, random);
        this.splice(other, random);
        this.flip(random);
        this.cut(random);
        break;
    }
  }

  private copy(octets: Uint8Array): void {
    this.length = Math.min(octets.length, INPUT_OCTETS_MAX);
    for (let at = 0; at < this.length; at++) this.octets[at] = octets[at]!;
  }

  private flip(random: RandomSource): void {
    const flips = 1 + random.below(16);
    for (let flip = 0; flip < flips && this.length > 0; flip++) {
      const at = random.below(this.length);
      this.octets[at] = this.octets[at]! ^ (1 << random.below(8));
    }
  }

  private cut(random: RandomSource): void {
    this.length = random.below(this.length + 1);
  }

  private stretch({ lengthPositions }: SampleFrame, random: RandomSource): void {
    const changes = 1 + random.below(3);
    for (let change = 0; change < changes; change++) {
      const at = lengthPositions[random.below(lengthPositions.length)]!;
      if (at + 2 > this.length) continue;
      const extreme = EXTREMES[random.below(EXTREMES.length)]!;
      this.octets[at] = extreme;
      this.octets[at + 1] = extreme >> 8;
    }
  }

  /** As a newer writer does: the block grows, its new octets stand between it and what follows. */
  private lengthenBlock(random: RandomSource): void {
    const added = random.below(65);
    if (this.length + added > INPUT_OCTETS_MAX || this.length < HEADER_LENGTH) return;
    const blockLength = this.octets[0]! | (this.octets[1]! << 8);
    const end = HEADER_LENGTH + blockLength;
    this.octets.copyWithin(end + added, end, this.length);
    random.fill(this.octets, end, end + added);
    this.octets[0] = blockLength + added;
    this.octets[1] = (blockLength + added) >> 8;
    this.octets[6] = 3 + random.below(250);
    this.length += added;
  }

  private splice({ octets }: SampleFrame, random: RandomSource): void {
    const from = random.below(octets.length);
    const to = random.below(this.length + 1);
    const count = Math.min(octets.length - from, INPUT_OCTETS_MAX - to, 1 + random.below(64));
    for (let index = 0; index < count; index++) this.octets[to + index] = octets[from + index]!;
    this.length = Math.max(this.length, to + count);
  }
}
