import type { ServerAddress } from "../client/client-options.js";

/**
 * Which address is dialed next. A round tries the address of the last session first, then every address of the
 * settings once, from the one behind it on; a redirect is followed at once, within the round.
 */
export class AddressRound {
  private left: ServerAddress[];
  private last: ServerAddress;

  /** @param seeds the addresses of the settings, at least one */
  constructor(private readonly seeds: readonly ServerAddress[]) {
    this.left = [...seeds];
    this.last = seeds[0]!;
  }

  /** The next address, `undefined` when every one has been tried. */
  next(): ServerAddress | undefined {
    const address = this.left.shift();
    if (address) this.last = address;
    return address;
  }

  /** Tries this address before the others. */
  redirect(to: ServerAddress): void {
    this.left.unshift(to);
  }

  /** Begins a new round after a session that was lost: with its address. */
  beginWithLast(): void {
    const at = this.seeds.indexOf(this.last);
    const inOrder =
      at < 0 ? [this.last, ...this.seeds] : [...this.seeds.slice(at), ...this.seeds.slice(0, at)];
    this.left = inOrder;
  }

  /** Begins a new round after one in which no address gave a session. */
  begin(): void {
    this.left = [...this.seeds];
  }
}
