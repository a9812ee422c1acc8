import type { MessageIdWords } from "@ims/iggy-protocol";

/**
 * Message ids without allocation: the upper 64 bits are random and never zero, the lower 64 count up from a random
 * start. So the ids of one instance never repeat, and those of two meet by chance alone.
 */
export class MessageIds {
  private readonly words: MessageIdWords = new Uint32Array(4);

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    const { words } = this;
    for (let i = 0; i < 4; i++) words[i] = Math.floor(random() * 0x1_0000_0000);
    if (words[2] === 0 && words[3] === 0) words[2] = 1;
  }

  /** The next id, lowest word first; one array for all, so its words hold until the next call. */
  next(): MessageIdWords {
    const { words } = this;
    const lowest = (words[0]! + 1) >>> 0;
    words[0] = lowest;
    if (lowest === 0) words[1] = words[1]! + 1;
    return words;
  }
}
