/** An object of a vector file as JSON gives it. */
export type Vector = Readonly<Record<string, unknown>>;

/** The list of a file of the form `{"vectors": [...]}`. */
export function vectorsOf(text: string): Vector[] {
  const { vectors } = JSON.parse(text) as { vectors?: unknown };
  if (!Array.isArray(vectors)) throw new Error(`it has no list "vectors"`);
  return vectors as Vector[];
}

export function isVector(value: unknown): value is Vector {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text field, or an error that names it. */
export function textOf(vector: Vector, field: string): string {
  const value = vector[field];
  if (typeof value !== "string") throw new Error(`the vector has no text "${field}"`);
  return value;
}

/** Bytes written as hex; an absent field is an error. */
export function bytesOf(vector: Vector, field: string): Uint8Array {
  return hexBytes(textOf(vector, field), field);
}

export function hexBytes(text: string, field: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, "hex"));
  if (bytes.length * 2 !== text.length) throw new Error(`"${field}" of the vector is not hex`);
  return bytes;
}

/** A whole number written as number or decimal text. */
export function integerOf(vector: Vector, field: string): bigint {
  const value = vector[field];
  if (typeof value !== "number" && typeof value !== "string") {
    throw new Error(`the vector has no number "${field}"`);
  }
  return BigInt(value);
}

export function listOf(vector: Vector, field: string): Vector[] {
  const value = vector[field];
  if (!Array.isArray(value)) throw new Error(`the vector has no list "${field}"`);
  return value as Vector[];
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Bytes shown around the first difference. */
const SHOWN_BYTES = 8;

/** Nothing when equal, else where the bytes part. */
export function byteDifference(what: string, expected: Uint8Array, actual: Uint8Array): string[] {
  if (Buffer.compare(expected, actual) === 0) return [];
  let at = 0;
  while (at < expected.length && at < actual.length && expected[at] === actual[at]) at++;
  const part = (bytes: Uint8Array) => hex(bytes.subarray(at, at + SHOWN_BYTES)) || "the end";
  return [
    `${what} differs at byte ${at} (${expected.length} bytes expected, ${actual.length} given): ${part(expected)} expected, ${part(actual)} given`,
  ];
}

/**
 * Compares what a vector lists with a value of this library: every listed field must be there and equal. Whole numbers
 * above 32 bits are decimal text in vectors and bytes are hex.
 */
export function valueDifferences(expected: unknown, actual: unknown, path = ""): string[] {
  const at = path || "the value";
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${at} is no list`];
    if (actual.length !== expected.length)
      return [`${at} has ${actual.length} entries, ${expected.length} expected`];
    return expected.flatMap((entry, index) => valueDifferences(entry, actual[index], `${path}[${index}]`));
  }
  if (isVector(expected)) {
    if (!isVector(actual)) return [`${at} is ${shown(actual)}, an object is expected`];
    return Object.entries(expected).flatMap(([key, value]) =>
      valueDifferences(value, actual[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const given = plain(actual);
  const same =
    typeof expected === "string" && typeof given !== "string" && given !== null
      ? String(given) === expected
      : given === expected;
  return same ? [] : [`${at} is ${shown(actual)}, ${shown(expected)} expected`];
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? hex(value) : value;
}

function shown(value: unknown): string {
  return typeof value === "bigint" ? String(value) : (JSON.stringify(plain(value)) ?? "absent");
}
