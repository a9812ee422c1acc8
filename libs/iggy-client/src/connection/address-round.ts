import type { ServerAddress } from "../client/client-options.js";
import { fail } from "../errors.js";
import { formatAddress } from "./server-address.js";

const REDIRECTS_MAX = 3;

/**
 * Which address is dialed next. A round tries the address of the last session first, then every address of the
 * settings once, from the one behind it on; a redirect is followed at once, within the round.
 */
export class AddressRound {
  private left: ServerAddress[];
  private last: ServerAddress;
  /** Addresses that sent the client on, in this round and since the last session. */
  private path: string[] = [];

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

  /**
   * Tries `to` before the others, since the last address sent the client there. Throws `iggy-client.redirect-loop` when
   * that happens too often without a session in between.
   */
  redirect(to: ServerAddress): void {
    this.path.push(formatAddress(this.last));
    if (this.path.length > REDIRECTS_MAX) {
      const path = [...this.path, formatAddress(to)].join(" to ");
      this.path = [];
      throw fail("iggy-client.redirect-loop", `the servers sent the client on from ${path}`);
    }
    this.left.unshift(to);
  }

  /** There is a session: redirects are counted anew. */
  onSession(): void {
    this.path = [];
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
    this.path = [];
  }
}
