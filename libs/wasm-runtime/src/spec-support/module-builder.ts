/** Octets of instructions, nested as is handy. */
export type Code = readonly (number | Code)[];

export type ValueType = "i32" | "i64" | "f64" | "externref";

const TYPE_CODES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, externref: 0x6f };
const VOID = 0x40;

export function unsigned(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) | 0x80);
  return [...octets, rest];
}

export function signed(value: number | bigint): number[] {
  const octets: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if ((rest >> 6n === 0n && (low & 0x40) === 0) || (rest >> 6n === -1n && (low & 0x40) !== 0)) {
      return [...octets, low];
    }
    octets.push(low | 0x80);
  }
}

const named = (text: string): number[] => {
  const octets = [...new TextEncoder().encode(text)];
  return [...unsigned(octets.length), ...octets];
};

/** Instructions. */
export const op = {
  unreachable: [0x00],
  block: (...body: Code[]): Code => [0x02, VOID, body, 0x0b],
  loop: (...body: Code[]): Code => [0x03, VOID, body, 0x0b],
  if: (condition: Code, body: Code, otherwise?: Code): Code => [
    condition,
    0x04,
    VOID,
    body,
    otherwise === undefined ? [] : [0x05, otherwise],
    0x0b,
  ],
  br: (depth: number): Code => [0x0c, unsigned(depth)],
  brIf: (depth: number): Code => [0x0d, unsigned(depth)],
  return: [0x0f],
  call: (index: number): Code => [0x10, unsigned(index)],
  callIndirect: (type: number): Code => [0x11, unsigned(type), 0x00],
  drop: [0x1a],
  get: (index: number): Code => [0x20, unsigned(index)],
  set: (index: number, value: Code = []): Code => [value, 0x21, unsigned(index)],
  globalGet: (index: number): Code => [0x23, unsigned(index)],
  globalSet: (index: number, value: Code = []): Code => [value, 0x24, unsigned(index)],
  load: (address: Code, offset = 0): Code => [address, 0x28, 0x00, unsigned(offset)],
  load64: (address: Code, offset = 0): Code => [address, 0x29, 0x00, unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0x36, 0x00, unsigned(offset)],
  store64: (address: Code, value: Code, offset = 0): Code => [address, value, 0x37, 0x00, unsigned(offset)],
  memorySize: [0x3f, 0x00],
  memoryGrow: (pages: Code): Code => [pages, 0x40, 0x00],
  i32: (value: number): Code => [0x41, signed(value)],
  i64: (value: number | bigint): Code => [0x42, signed(value)],
  eqz: (value: Code): Code => [value, 0x45],
  eq: (left: Code, right: Code): Code => [left, right, 0x46],
  geU: (left: Code, right: Code): Code => [left, right, 0x4f],
  gtU: (left: Code, right: Code): Code => [left, right, 0x4b],
  load8U: (address: Code, offset = 0): Code => [address, 0x2d, 0x00, unsigned(offset)],
  load16U: (address: Code, offset = 0): Code => [address, 0x2f, 0x01, unsigned(offset)],
  gtS64: (left: Code, right: Code): Code => [left, right, 0x55],
  add64: (left: Code, right: Code): Code => [left, right, 0x7c],
  mul64: (left: Code, right: Code): Code => [left, right, 0x7e],
  divS64: (left: Code, right: Code): Code => [left, right, 0x7f],
  ltS64: (left: Code, right: Code): Code => [left, right, 0x53],
  add: (left: Code, right: Code): Code => [left, right, 0x6a],
  sub: (left: Code, right: Code): Code => [left, right, 0x6b],
  mul: (left: Code, right: Code): Code => [left, right, 0x6c],
  divS: (left: Code, right: Code): Code => [left, right, 0x6d],
  and: (left: Code, right: Code): Code => [left, right, 0x71],
  shrU: (left: Code, right: Code): Code => [left, right, 0x76],
  wrap: (value: Code): Code => [value, 0xa7],
} as const;

export interface FunctionSource {
  readonly parameters?: readonly ValueType[];
  readonly results?: readonly ValueType[];
  readonly locals?: readonly ValueType[];
  readonly body: Code;
  /** Name under which it is exported. */
  readonly name?: string;
}

interface Bounds {
  readonly least: number;
  readonly most?: number;
  /** Instead of those that follow from the upper bound. */
  readonly flags?: number;
}

/** Puts modules together octet by octet, also ones that no compiler would make. */
export class ModuleBuilder {
  readonly #types: Code[] = [];
  readonly #imports: Code[] = [];
  readonly #functions: { type: number; source: FunctionSource }[] = [];
  readonly #globals: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #data: Code[] = [];
  readonly #further: { id: number; content: Code }[] = [];
  #importedFunctions = 0;
  #start: number | undefined;
  /** Elements of table 0. */
  elements: number[] = [];
  memories: Bounds[] = [];
  tables: (Bounds & { element?: ValueType })[] = [];

  type(parameters: readonly ValueType[] = [], results: readonly ValueType[] = []): number {
    const list = (types: readonly ValueType[]) => [types.length, types.map((type) => TYPE_CODES[type])];
    return this.#types.push([0x60, list(parameters), list(results)]) - 1;
  }

  /** @returns the index for calls */
  importFunction(
    module: string,
    name: string,
    parameters: ValueType[] = [],
    results: ValueType[] = [],
  ): number {
    this.importAny(module, name, [0x00, unsigned(this.type(parameters, results))]);
    return this.#importedFunctions++;
  }

  importAny(module: string, name: string, kind: Code): this {
    this.#imports.push([named(module), named(name), kind]);
    return this;
  }

  /** All imports come first. @returns the index for calls */
  function(source: FunctionSource): number {
    const index = this.#importedFunctions + this.#functions.length;
    this.#functions.push({ type: this.type(source.parameters, source.results), source });
    if (source.name !== undefined) this.export(source.name, 0, index);
    return index;
  }

  /** A mutable global. @returns its index */
  global(type: "i32" | "i64" = "i32", value = 0): number {
    return (
      this.#globals.push([TYPE_CODES[type], 1, type === "i32" ? op.i32(value) : op.i64(value), 0x0b]) - 1
    );
  }

  export(name: string, kind: number, index: number): this {
    this.#exports.push([named(name), kind, unsigned(index)]);
    return this;
  }

  data(address: number, octets: Iterable<number>): this {
    const list = [...octets];
    this.#data.push([0x00, op.i32(address), 0x0b, unsigned(list.length), list]);
    return this;
  }

  start(index: number): this {
    this.#start = index;
    return this;
  }

  /** A section that stands behind the others. */
  section(id: number, content: Code): this {
    this.#further.push({ id, content });
    return this;
  }

  build(): Uint8Array<ArrayBuffer> {
    const bounds = ({ least, most, flags }: Bounds): Code => [
      flags ?? (most === undefined ? 0 : 1),
      unsigned(least),
      most === undefined ? [] : unsigned(most),
    ];
    const list = (items: readonly Code[]): Code => [unsigned(items.length), items];
    const sections: [number, Code, boolean][] = [
      [1, list(this.#types), this.#types.length > 0],
      [2, list(this.#imports), this.#imports.length > 0],
      [3, list(this.#functions.map(({ type }) => unsigned(type))), this.#functions.length > 0],
      [
        4,
        list(this.tables.map((table) => [table.element ? TYPE_CODES[table.element] : 0x70, bounds(table)])),
        this.tables.length > 0,
      ],
      [5, list(this.memories.map(bounds)), this.memories.length > 0],
      [6, list(this.#globals), this.#globals.length > 0],
      [7, list(this.#exports), this.#exports.length > 0],
      [8, unsigned(this.#start ?? 0), this.#start !== undefined],
      [9, [1, 0, op.i32(0), 0x0b, list(this.elements.map(unsigned))], this.elements.length > 0],
      [10, list(this.#functions.map(({ source }) => codeOf(source))), this.#functions.length > 0],
      [11, list(this.#data), this.#data.length > 0],
    ];
    const octets = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    for (const [id, content, isThere] of sections) if (isThere) append(octets, id, content);
    for (const { id, content } of this.#further) append(octets, id, content);
    return Uint8Array.from(octets);
  }
}

function append(octets: number[], id: number, content: Code): void {
  const flat = flatten(content);
  octets.push(id, ...unsigned(flat.length));
  for (const octet of flat) octets.push(octet);
}

function codeOf({ locals = [], body }: FunctionSource): Code {
  const code = flatten([unsigned(locals.length), locals.map((type) => [1, TYPE_CODES[type]]), body, 0x0b]);
  return [unsigned(code.length), code];
}

function flatten(code: Code, into: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === "number") into.push(part);
    else flatten(part, into);
  }
  return into;
}
