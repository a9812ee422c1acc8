/** The few octets of WebAssembly's binary format that the hash in lanes is made of; numbers are the specification's. */
const SIMD_PREFIX = 0xfd;

export const Op = {
  loop: 0x03,
  end: 0x0b,
  branchIf: 0x0d,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Load: 0x28,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i32Add: 0x6a,
  i32Sub: 0x6b,
} as const;

export const Simd = {
  load: 0x00,
  store: 0x0b,
  constant: 0x0c,
  shuffle: 0x0d,
  and: 0x4e,
  or: 0x50,
  xor: 0x51,
  bitselect: 0x52,
  load32Lane: 0x56,
  store32Lane: 0x5a,
  load32Zero: 0x5c,
  shiftLeft: 0xab,
  shiftRight: 0xad,
  add: 0xae,
} as const;

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY_BLOCK = 0x40;
const ALIGN_1 = 0;
const SHARED_LANES = 4;

function unsigned(value: number): number[] {
  const octets: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...octets, rest];
    octets.push((rest % 128) | 128);
  }
}

function signed(value: number): number[] {
  const octets: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 127;
    if ((rest >> 7 === 0 && low < 64) || (rest >> 7 === -1 && low >= 64)) return [...octets, low];
    octets.push(low | 128);
  }
}

/** The body of a function, instruction after instruction; the stack is the writer's business. */
export class FunctionCode {
  readonly octets: number[] = [];

  constructor(
    readonly parameters: number,
    readonly locals: { readonly i32: number; readonly v128: number } = { i32: 0, v128: 0 },
    readonly hasResult = false,
  ) {}

  op(code: number, ...immediates: number[]): this {
    this.octets.push(code, ...immediates.flatMap(unsigned));
    return this;
  }

  get(local: number): this {
    return this.op(Op.localGet, local);
  }

  set(local: number): this {
    return this.op(Op.localSet, local);
  }

  tee(local: number): this {
    return this.op(Op.localTee, local);
  }

  number(value: number): this {
    this.octets.push(Op.i32Const, ...signed(value));
    return this;
  }

  loadNumber(offset: number): this {
    return this.op(Op.i32Load, ALIGN_1, offset);
  }

  beginLoop(): this {
    this.octets.push(Op.loop, EMPTY_BLOCK);
    return this;
  }

  simd(code: number, ...immediates: number[]): this {
    this.octets.push(SIMD_PREFIX, ...unsigned(code), ...immediates.flatMap(unsigned));
    return this;
  }

  load(offset: number): this {
    return this.simd(Simd.load, ALIGN_1, offset);
  }

  store(offset: number): this {
    return this.simd(Simd.store, ALIGN_1, offset);
  }

  load32Zero(offset: number): this {
    return this.simd(Simd.load32Zero, ALIGN_1, offset);
  }

  load32Lane(offset: number, lane: number): this {
    return this.simd(Simd.load32Lane, ALIGN_1, offset, lane);
  }

  store32Lane(offset: number, lane: number): this {
    return this.simd(Simd.store32Lane, ALIGN_1, offset, lane);
  }

  /** The same number of 32 bits in all lanes. */
  lanes(value: number): this {
    const word = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
    this.octets.push(SIMD_PREFIX, Simd.constant);
    for (let lane = 0; lane < SHARED_LANES; lane++) this.octets.push(...word);
    return this;
  }

  /** Turns the octets of each lane round. */
  swapOctets(): this {
    const order = [0, 4, 8, 12].flatMap((lane) => [lane + 3, lane + 2, lane + 1, lane]);
    // The instruction takes two operands; both are the same here.
    return this.simd(Simd.shuffle, ...order);
  }
}

/** A module of functions that all are exported under their names, with one memory, exported as `memory`. */
export function encodeModule(
  functions: Readonly<Record<string, FunctionCode>>,
  pages: { readonly least: number; readonly most: number },
): Uint8Array {
  const entries = Object.entries(functions);
  const text = (name: string) => [name.length, ...Buffer.from(name, "latin1")];
  const section = (id: number, items: number[][]) => {
    const content = [...unsigned(items.length), ...items.flat()];
    return [id, ...unsigned(content.length), ...content];
  };
  const type = ({ parameters, hasResult }: FunctionCode) => [
    0x60,
    parameters,
    ...Array<number>(parameters).fill(I32),
    ...(hasResult ? [1, I32] : [0]),
  ];
  const body = ({ locals, octets }: FunctionCode) => {
    const code = [2, ...unsigned(locals.i32), I32, ...unsigned(locals.v128), V128, ...octets, Op.end];
    return [...unsigned(code.length), ...code];
  };
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      entries.map(([, code]) => type(code)),
    ),
    ...section(
      3,
      entries.map((_, index) => [index]),
    ),
    ...section(5, [[1, ...unsigned(pages.least), ...unsigned(pages.most)]]),
    ...section(7, [[...text("memory"), 2, 0], ...entries.map(([name], index) => [...text(name), 0, index])]),
    ...section(
      10,
      entries.map(([, code]) => body(code)),
    ),
  ]);
}
