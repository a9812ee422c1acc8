/**
 * How many messages to ask for: at most `countMax`, fewer where messages are large, and half as many after each reply
 * that was too large or damaged, until it is known that one message is to blame.
 */
export class PollSize {
  private limit: number;
  /** Of the last reply with messages; 0 = none yet. */
  private messageBytes = 0;

  /** @param bytesMax bytes that a reply should not exceed by much; one message may */
  constructor(
    private readonly countMax: number,
    private readonly bytesMax: number,
  ) {
    this.limit = countMax;
  }

  get count(): number {
    if (this.messageBytes === 0) return this.limit;
    return Math.max(1, Math.min(this.limit, Math.floor(this.bytesMax / this.messageBytes)));
  }

  /** What a full reply is expected to have. */
  get replyBytes(): number {
    return this.count * this.messageBytes;
  }

  onReply(messages: number, bytes: number): void {
    this.messageBytes = bytes / messages;
    if (this.limit < this.countMax) this.limit = Math.min(this.countMax, this.limit * 2);
  }

  /** Asks for half as many; false when it is one message already. */
  narrow(): boolean {
    const { count } = this;
    this.limit = Math.max(1, count >>> 1);
    return count > 1;
  }
}
