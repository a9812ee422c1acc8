import type { DeribitFaults } from "./deribit-faults.js";
import { notification } from "./rpc-answers.js";
import type { VenueLine } from "./venue-line.js";

/** The connections of a venue, and who of them reads what. */
export class LineHub {
  readonly #lines = new Set<VenueLine>();
  readonly #readers = new Map<string, Set<VenueLine>>();

  constructor(private readonly faults: DeribitFaults) {}

  get size(): number {
    return this.#lines.size;
  }

  /** Channels that somebody reads. */
  channels(): Iterable<string> {
    return this.#readers.keys();
  }

  add(line: VenueLine): void {
    this.#lines.add(line);
  }

  remove(line: VenueLine): void {
    this.#lines.delete(line);
    for (const channel of line.channels) this.leave(line, channel);
  }

  /** False for who reads it already. */
  join(line: VenueLine, channel: string): boolean {
    if (line.channels.has(channel)) return false;
    line.channels.add(channel);
    const readers = this.#readers.get(channel) ?? new Set();
    this.#readers.set(channel, readers.add(line));
    return true;
  }

  /** False for who does not read it. */
  leave(line: VenueLine, channel: string): boolean {
    const readers = this.#readers.get(channel);
    readers?.delete(line);
    if (readers?.size === 0) this.#readers.delete(channel);
    return line.channels.delete(channel);
  }

  /** Ends the raw channels of logins that have run out. @returns how many logins did */
  endLogins(nowMillis: number): number {
    let count = 0;
    for (const line of this.#lines) {
      if (line.loggedInUntilMillis === 0 || line.loggedInUntilMillis > nowMillis) continue;
      line.loggedInUntilMillis = 0;
      count++;
      for (const channel of [...line.channels]) if (channel.endsWith(".raw")) this.leave(line, channel);
    }
    return count;
  }

  /** Channels that begin so are sent to nobody any more. */
  mute(prefix: string): void {
    for (const [channel, readers] of [...this.#readers]) {
      if (!channel.startsWith(prefix)) continue;
      for (const line of [...readers]) this.leave(line, channel);
    }
  }

  /** A notification to all who read the channel. @param data is only asked for if somebody does */
  tell(channel: string, data: () => unknown): void {
    const readers = this.#readers.get(channel);
    if (!readers) return;
    let text = notification(channel, data());
    const fault = this.faults.takeFrameFault(channel);
    if (fault === "drop") return;
    if (fault === "malform") text = text.slice(0, text.length >> 1);
    for (const line of [...readers]) {
      line.push(text);
      if (fault === "duplicate") line.push(text);
    }
  }

  /** A text to every client as it stands. */
  tellAll(text: string): void {
    for (const line of [...this.#lines]) line.push(text);
  }

  /** Ends every connection without a close frame. */
  cut(): void {
    for (const line of [...this.#lines]) line.terminate();
  }
}
