import {
  endOf,
  type FilterClient,
  MODULES_TOPIC,
  pollFilters,
  sendFilters,
} from "../control/filter-topics.js";
import { fail } from "../errors.js";
import { decodePiece, hashModule, splitModule } from "./module-piece.js";

/** Modules whose places are known at most; the oldest ones are forgotten. */
const KNOWN_MAX = 4096;
/** Octets of modules kept in memory. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024;
const POLL_COUNT = 8;

/** Offsets of a module's pieces by their number. */
interface Places {
  readonly count: number;
  readonly offsets: Map<number, number>;
}

/** The modules in the broker, by their SHA-256. */
export class ModuleStore {
  private readonly known = new Map<string, Places>();
  /** Least lately used first. */
  private readonly kept = new Map<string, Uint8Array>();
  private keptBytes = 0;
  private nextOffset = 0;
  /** Messages that are no pieces of modules. */
  unreadableCount = 0;
  private reading: Promise<void> | undefined;

  constructor(private readonly client: FilterClient) {}

  /** Looks through what was stored since the last call. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** Whether all pieces of the module were seen. */
  has(hash: string): boolean {
    const places = this.known.get(hash);
    return places !== undefined && places.offsets.size === places.count;
  }

  /**
   * The octets of a module, checked against its hash; not to be changed.
   * @throws `filter.module-missing`, `filter.bad-module`
   */
  async load(hash: string): Promise<Uint8Array> {
    const kept = this.kept.get(hash);
    if (kept) {
      this.keep(hash, kept);
      return kept;
    }
    if (!this.has(hash)) await this.refresh();
    const places = this.known.get(hash);
    if (!places || !this.has(hash))
      throw fail("filter.module-missing", `no stored module has the SHA-256 ${hash}`);
    const pieces: Uint8Array[] = [];
    for (let index = 0; index < places.count; index++)
      pieces.push(await this.piece(places.offsets.get(index)!));
    const octets = new Uint8Array(Buffer.concat(pieces));
    const actual = hashModule(octets);
    if (actual !== hash) throw fail("filter.bad-module", `the pieces of ${hash} have the SHA-256 ${actual}`);
    this.keep(hash, octets);
    return octets;
  }

  /**
   * Stores a module, unless it is there already. Resolves with its hash.
   * @throws `filter.bad-module` for one of more than 8 MiB
   */
  async store(octets: Uint8Array): Promise<string> {
    const { hash, messages } = splitModule(octets);
    const isThere = await this.load(hash).then(
      () => true,
      () => false,
    );
    if (!isThere) await sendFilters(this.client, MODULES_TOPIC, messages);
    return hash;
  }

  private async piece(offset: number): Promise<Uint8Array> {
    const reply = await pollFilters(this.client, MODULES_TOPIC, offset, 1);
    if (!reply.next() || reply.offset !== offset) {
      throw fail("filter.module-missing", `the piece at offset ${offset} is gone`);
    }
    return decodePiece(reply.payload()).octets;
  }

  private async read(): Promise<void> {
    const end = await endOf(this.client, MODULES_TOPIC);
    while (this.nextOffset < end) {
      const reply = await pollFilters(this.client, MODULES_TOPIC, this.nextOffset, POLL_COUNT);
      if (reply.messageCount === 0) return;
      while (reply.next()) {
        this.note(reply.payload(), reply.offset);
        this.nextOffset = reply.offset + 1;
      }
      reply.release();
    }
  }

  private note(message: Uint8Array, offset: number): void {
    let piece: ReturnType<typeof decodePiece>;
    try {
      piece = decodePiece(message);
    } catch {
      this.unreadableCount++;
      return;
    }
    const { hash, index, count } = piece;
    const before = this.known.get(hash);
    const places = before?.count === count ? before : { count, offsets: new Map<number, number>() };
    // A module that is stored again heals pieces that were not right.
    places.offsets.set(index, offset);
    this.known.delete(hash);
    this.known.set(hash, places);
    if (this.known.size > KNOWN_MAX) this.known.delete(this.known.keys().next().value!);
  }

  private keep(hash: string, octets: Uint8Array): void {
    if (!this.kept.delete(hash)) this.keptBytes += octets.length;
    this.kept.set(hash, octets);
    while (this.keptBytes > KEPT_BYTES_MAX) {
      const [oldest, { length }] = this.kept.entries().next().value!;
      this.kept.delete(oldest);
      this.keptBytes -= length;
    }
  }
}
