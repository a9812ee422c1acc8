/** A text, not a literal import: the compiler's own types declare globals of AssemblyScript over those of Node. */
const COMPILER: string = "assemblyscript/asc";

/** What is used of the compiler's programming interface. */
interface Compiler {
  main(
    options: readonly string[],
    host: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** What a record asks a test module to do, by the number at octet 8; its value is the number at octet 12. */
export const Act = { Pass: 0, Drop: 1, Mark: 2, Emit: 3, Trap: 4, Loop: 5, Time: 6, Flood: 7 } as const;

/** A module that can be told apart from its other versions. */
export interface TestModuleOptions {
  /** Is added to the sum in what {@link Act.Mark} and {@link Act.Emit} write. */
  readonly version: number;
  /** Records of this act trap in this version. */
  readonly trapOn?: number;
  /** Records of this act never end in this version. */
  readonly loopOn?: number;
  readonly stateVersion?: number;
}

/** Its state is the sum of all values; the parameter `least` drops records whose value is below. */
const SOURCE = `
const DESCRIPTION = "__DESCRIPTION__";
@external("ims", "batch_time") declare function batchTime(): i64;
let sum: i32 = 0;
let least: i32 = 0;
let emitted: i32 = 0;
let region: i32 = 0;
const STATE: i32 = 1 << 16;
const TABLE: i32 = STATE + 64;
const COPIES: i32 = TABLE + (12 << 12);
const HEAP: i32 = COPIES + (16 << 12);
export function ims_abi(): i32 { return 1; }
export function ims_alloc(length: i32): i32 {
  const pages = ((HEAP + length + 65535) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return 0;
  return HEAP;
}
export function ims_describe(): i64 {
  const length = String.UTF8.byteLength(DESCRIPTION);
  String.UTF8.encodeUnsafe(changetype<usize>(DESCRIPTION), DESCRIPTION.length, STATE + 64);
  return ((<i64>(STATE + 64)) << 32) | <i64>length;
}
export function ims_param(index: i32, mantissa: i64, scale: i32): i32 { least = <i32>mantissa; return scale; }
export function ims_emitted(): i32 { return TABLE; }
export function ims_snapshot(): i64 { store<i32>(STATE, sum); return ((<i64>STATE) << 32) | 4; }
export function ims_restore(address: i32, length: i32): i32 { sum = load<i32>(address); return length - 4; }
function emit(record: i32, index: i32, value: i32): void {
  const copy = COPIES + 16 * emitted;
  memory.copy(copy, record, 12);
  store<i32>(copy, value, 12);
  const row = TABLE + 12 * emitted++;
  store<i32>(row, copy); store<i32>(row, 16, 4); store<i32>(row, index, 8);
}
export function ims_batch(entries: i32, count: i32): i32 {
  emitted = 0;
  for (let index = 0; index < count; index++) {
    const entry = entries + 16 * index;
    const record = load<i32>(entry);
    const act = load<i32>(record, 8);
    const value = load<i32>(record, 12);
    sum += value;
    if (act == __TRAP__ || act == 4) unreachable();
    if (act == __LOOP__ || act == 5) while (true) {}
    if (act == 1 || value < least) store<i32>(entry, 1, 12);
    else if (act == 2) { store<i32>(record, sum + __VERSION__, 12); store<i32>(entry, 2, 12); }
    else if (act == 3) emit(record, index, sum + __VERSION__);
    else if (act == 6) { store<i32>(record, <i32>(batchTime() / 1000), 12); store<i32>(entry, 2, 12); }
    else if (act == 7) for (let k = 0; k < 2048; k++) emit(record, index, k);
  }
  return emitted;
}
`;

const built = new Map<string, Promise<Uint8Array>>();

/** Compiles a test module, once for each choice of options. */
export function testModule(options: TestModuleOptions): Promise<Uint8Array> {
  const key = JSON.stringify(options);
  let module = built.get(key);
  if (module === undefined) {
    module = compile(options);
    built.set(key, module);
  }
  return module;
}

async function compile({
  version,
  trapOn = -1,
  loopOn = -1,
  stateVersion = 1,
}: TestModuleOptions): Promise<Uint8Array> {
  const description = JSON.stringify({
    name: "test",
    version: String(version),
    templates: [],
    parameters: [{ name: "least", type: "number", default: "-1000000" }],
    stateVersion,
  });
  const source = SOURCE.replace("__DESCRIPTION__", description.replaceAll('"', '\\"'))
    .replace("__TRAP__", String(trapOn))
    .replace("__LOOP__", String(loopOn))
    .replaceAll("__VERSION__", String(version));
  let octets: Uint8Array | undefined;
  const flags = [
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--memoryBase",
    "1024",
    "--initialMemory",
    "4",
    "-O",
  ];
  const { default: asc } = (await import(COMPILER)) as { default: Compiler };
  const { error, stderr } = await asc.main(["test.ts", "--outFile", "test.wasm", ...flags], {
    readFile: (name) => (name === "test.ts" ? source : null),
    writeFile: (name, contents) => {
      if (name === "test.wasm" && typeof contents !== "string") octets = new Uint8Array(contents);
    },
    listFiles: () => [],
  });
  if (error || !octets) throw new Error(`the test module was not compiled: ${stderr.toString()}`);
  return octets;
}
