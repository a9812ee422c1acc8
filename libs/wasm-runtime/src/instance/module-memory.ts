import type { EngineMemory } from "../module/engine.js";
import { trap } from "./trap.js";

const ALIGNMENT = 8;
/** Regions are asked for in these steps, so that batches of about one size ask once. */
const REGION_STEP = 16_384;

/** Exports of a module that deal with its memory. */
export interface MemoryExports {
  readonly memory: EngineMemory;
  ims_alloc(length: number): number;
}

/** Views of a module's memory, made anew when it has grown, and the region in it that is the host's. */
export class ModuleMemory {
  #buffer: ArrayBuffer;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #regionLength = 0;

  /** Where the host's region begins. */
  region = 0;

  constructor(readonly exports: MemoryExports) {
    this.#buffer = exports.memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#words = new Uint32Array(this.#buffer);
  }

  /** Takes notice of growth; to be called after every call into the module. */
  refresh(): void {
    const { buffer } = this.exports.memory;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The memory as little-endian words; index 1 is address 4. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Whether such a region lies inside of the memory. */
  holds(address: number, length: number): boolean {
    return address + length <= this.#bytes.length;
  }

  /** A region of at least so many octets; asks the module only when the last one is too small. */
  reserve(length: number): void {
    if (length <= this.#regionLength) return;
    const asked = Math.ceil(length / REGION_STEP) * REGION_STEP;
    const address = this.exports.ims_alloc(asked) >>> 0;
    this.refresh();
    if (address === 0) throw trap("output", "ims_alloc", `it has no ${asked} octets for the host`);
    if (address % ALIGNMENT !== 0 || !this.holds(address, asked)) {
      throw trap("output", "ims_alloc", `${asked} octets at address ${address} cannot be used`);
    }
    this.region = address;
    this.#regionLength = asked;
  }

  /** Puts octets at the beginning of the region. @returns their address */
  put(octets: Uint8Array): number {
    this.reserve(octets.length);
    this.#bytes.set(octets, this.region);
    return this.region;
  }

  /** A copy of what `address × 2³² + length` names. */
  copyOf(packed: bigint, lengthMax: number, call: string): Uint8Array<ArrayBuffer> {
    const address = Number(BigInt.asUintN(32, packed >> 32n));
    const length = Number(BigInt.asUintN(32, packed));
    if (length > lengthMax || !this.holds(address, length)) {
      throw trap("output", call, `${length} octets at address ${address} cannot be taken`);
    }
    return new Uint8Array(this.#bytes.slice(address, address + length));
  }
}
