import {
  type CompiledModule,
  checkModule,
  compileModule,
  type EngineMemory,
  instantiateModule,
} from "@ims/wasm-runtime";
import { CONSTANTS, DIGEST_WORDS, INITIAL, ROUNDS } from "./sha256-constants.js";
import { encodeModule, FunctionCode, Op, Simd } from "./wasm-code.js";

/**
 * SHA-256 (FIPS 180-4) of four messages at once, one in each lane of 128-bit numbers. Made at run time out of the
 * standard's own formulas, because a call of the system's hash costs several times what it takes to hash a short message.
 */
export interface Sha256Lanes {
  readonly memory: EngineMemory;
  /**
   * Hashes four padded messages of `blocks` blocks, which stand `LEAF_STRIDE` octets apart from `start` on, to the four
   * addresses in the table at `outTable`.
   */
  leaves(start: number, blocks: number, outTable: number): void;
  /** Hashes `groups` × 4 pairs of hashes from `start` on, each as SHA-256(1 ‖ pair), to `out`; nothing before 1 is read. */
  nodes(start: number, groups: number, out: number): void;
  /** Grows the memory by so many pages; −1 if that is not allowed. */
  grow(pages: number): number;
}

/** Blocks of the longest message that is hashed in lanes. */
export const LEAF_BLOCKS_MAX = 8;
export const BLOCK_BYTES = 64;
export const LEAF_STRIDE = LEAF_BLOCKS_MAX * BLOCK_BYTES;
/** From here on the memory is the caller's. */
export const FREE_START = 384;
/** Pages that the memory may grow to: twice the hashes of the largest batch. */
const PAGES_MAX = 80;

const LANES = 4;
const LANE_BYTES = 16;
/** Where the state and the words of a block stand in the memory, lane by lane. */
const STATE = 0;
const WORDS = 128;
const BLOCK_WORDS = 16;
const HASH_BYTES = 32;
const PAIR_BYTES = 2 * HASH_BYTES;
/** Length in bits of 1 ‖ left ‖ right. */
const NODE_BITS = 520;

/** Replaces the number on top, which is that of a local, by a combination of three of its turns or shifts. */
function combine(
  code: FunctionCode,
  local: number,
  turns: readonly [number, number],
  last: number,
  isShift: boolean,
) {
  const turn = (count: number) => {
    code.get(local).number(count).simd(Simd.shiftRight);
    code
      .get(local)
      .number(32 - count)
      .simd(Simd.shiftLeft)
      .simd(Simd.or);
  };
  turn(turns[0]);
  turn(turns[1]);
  code.simd(Simd.xor);
  if (isShift) code.get(local).number(last).simd(Simd.shiftRight);
  else turn(last);
  code.simd(Simd.xor);
}

/** One block, its words at `WORDS`, into the state at `STATE`. */
function compressCode(): FunctionCode {
  const code = new FunctionCode(0, { i32: 0, v128: DIGEST_WORDS + BLOCK_WORDS });
  const word = (index: number) => DIGEST_WORDS + (index % BLOCK_WORDS);
  for (let index = 0; index < DIGEST_WORDS; index++)
    code
      .number(0)
      .load(STATE + index * LANE_BYTES)
      .set(index);
  for (let index = 0; index < BLOCK_WORDS; index++)
    code
      .number(0)
      .load(WORDS + index * LANE_BYTES)
      .set(word(index));
  let names = Array.from({ length: DIGEST_WORDS }, (_, index) => index);
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b, c, d, e, f, g, h] = names as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (round >= BLOCK_WORDS) {
      code.get(word(round));
      combine(code, word(round + 1), [7, 18], 3, true);
      code
        .simd(Simd.add)
        .get(word(round + 9))
        .simd(Simd.add);
      combine(code, word(round + 14), [17, 19], 10, true);
      code.simd(Simd.add).set(word(round));
    }
    code.get(h).get(word(round)).simd(Simd.add).lanes(CONSTANTS[round]!).simd(Simd.add);
    combine(code, e, [6, 11], 25, false);
    code.simd(Simd.add);
    code.get(f).get(g).get(e).simd(Simd.bitselect).simd(Simd.add).set(h);
    code.get(d).get(h).simd(Simd.add).set(d);
    code.get(h);
    combine(code, a, [2, 13], 22, false);
    code.simd(Simd.add);
    // The majority: c where a and b differ, otherwise b.
    code.get(c).get(b).get(a).get(b).simd(Simd.xor).simd(Simd.bitselect).simd(Simd.add).set(h);
    names = [h, a, b, c, d, e, f, g];
  }
  for (const [index, name] of names.entries()) {
    code
      .number(0)
      .get(name)
      .number(0)
      .load(STATE + index * LANE_BYTES)
      .simd(Simd.add)
      .store(STATE + index * LANE_BYTES);
  }
  return code;
}

function setInitialState(code: FunctionCode): void {
  for (const [index, value] of INITIAL.entries())
    code
      .number(0)
      .lanes(value)
      .store(STATE + index * LANE_BYTES);
}

/** Leaves the big-endian word at `offset` behind the address in a local, of each lane, on the stack. */
function loadWord(
  code: FunctionCode,
  address: number,
  scratch: number,
  offset: number,
  stride: number,
): void {
  code.get(address).load32Zero(offset).set(scratch);
  for (let lane = 1; lane < LANES; lane++) {
    code
      .get(address)
      .get(scratch)
      .load32Lane(offset + lane * stride, lane)
      .set(scratch);
  }
  code.get(scratch).get(scratch).swapOctets();
}

const COMPRESS = 0;

function leavesCode(): FunctionCode {
  const [start, blocks, table, scratch] = [0, 1, 2, 3];
  const code = new FunctionCode(3, { i32: 0, v128: 1 });
  setInitialState(code);
  code.beginLoop();
  for (let index = 0; index < BLOCK_WORDS; index++) {
    code.number(0);
    loadWord(code, start, scratch, index * 4, LEAF_STRIDE);
    code.store(WORDS + index * LANE_BYTES);
  }
  code.op(Op.call, COMPRESS);
  code.get(start).number(BLOCK_BYTES).op(Op.i32Add).set(start);
  code.get(blocks).number(1).op(Op.i32Sub).tee(blocks).op(Op.branchIf, 0).op(Op.end);
  for (let index = 0; index < DIGEST_WORDS; index++) {
    code
      .number(0)
      .load(STATE + index * LANE_BYTES)
      .set(scratch);
    code.get(scratch).get(scratch).swapOctets().set(scratch);
    for (let lane = 0; lane < LANES; lane++) {
      code
        .get(table)
        .loadNumber(lane * 4)
        .get(scratch)
        .store32Lane(index * 4, lane);
    }
  }
  return code;
}

function nodesCode(): FunctionCode {
  const [start, groups, out, scratch] = [0, 1, 2, 3];
  const code = new FunctionCode(3, { i32: 0, v128: 1 });
  // What is hashed begins one octet before the pair: the prefix.
  code.get(start).number(1).op(Op.i32Sub).set(start);
  code.beginLoop();
  setInitialState(code);
  for (let index = 0; index < BLOCK_WORDS; index++) {
    code.number(0);
    loadWord(code, start, scratch, index * 4, PAIR_BYTES);
    if (index === 0) code.lanes(0x00ff_ffff).simd(Simd.and).lanes(0x0100_0000).simd(Simd.or);
    code.store(WORDS + index * LANE_BYTES);
  }
  code.op(Op.call, COMPRESS);
  // The second block: the last octet of the pair, the padding, the length.
  code.number(0);
  loadWord(code, start, scratch, BLOCK_BYTES - 3, PAIR_BYTES);
  code.number(24).simd(Simd.shiftLeft).lanes(0x0080_0000).simd(Simd.or).store(WORDS);
  for (let index = 1; index < BLOCK_WORDS; index++) {
    code
      .number(0)
      .lanes(index === BLOCK_WORDS - 1 ? NODE_BITS : 0)
      .store(WORDS + index * LANE_BYTES);
  }
  code.op(Op.call, COMPRESS);
  for (let index = 0; index < DIGEST_WORDS; index++) {
    code
      .number(0)
      .load(STATE + index * LANE_BYTES)
      .set(scratch);
    code.get(scratch).get(scratch).swapOctets().set(scratch);
    for (let lane = 0; lane < LANES; lane++)
      code
        .get(out)
        .get(scratch)
        .store32Lane(lane * HASH_BYTES + index * 4, lane);
  }
  code
    .get(start)
    .number(LANES * PAIR_BYTES)
    .op(Op.i32Add)
    .set(start);
  code
    .get(out)
    .number(LANES * HASH_BYTES)
    .op(Op.i32Add)
    .set(out);
  code.get(groups).number(1).op(Op.i32Sub).tee(groups).op(Op.branchIf, 0).op(Op.end);
  return code;
}

let compiled: CompiledModule | undefined;

function compileLanes(): CompiledModule {
  const bytes = encodeModule(
    {
      compress: compressCode(),
      leaves: leavesCode(),
      nodes: nodesCode(),
      grow: new FunctionCode(1, undefined, true).get(0).op(Op.memoryGrow, 0),
    },
    { least: 1, most: PAGES_MAX },
  );
  const profile = {
    name: "sha256-lanes",
    imports: {},
    exports: {
      memory: "memory",
      leaves: "(i32, i32, i32) -> ()",
      nodes: "(i32, i32, i32) -> ()",
      grow: "(i32) -> (i32)",
    },
    optionalExports: {},
  };
  const limits = { moduleBytes: 1 << 16, memoryPages: PAGES_MAX, tableElements: 0 };
  return compileModule(checkModule(bytes, profile, limits));
}

/** An instance with a memory of its own; the module is made and compiled once. */
export function openSha256Lanes(): Sha256Lanes {
  compiled ??= compileLanes();
  return instantiateModule<Sha256Lanes>(compiled, {});
}
