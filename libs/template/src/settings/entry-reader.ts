import { didYouMean } from "@ims/common";

/** Reads the parts of one entry of a structured setting and tells every mistake with the entry's place. */
export class EntryReader {
  private readonly values: Readonly<Record<string, unknown>>;

  /** @param place for people, for example `clients[2]` */
  constructor(
    value: unknown,
    private readonly place: string,
    knownKeys: readonly string[],
    private readonly tell: (text: string) => void,
  ) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.values = isObject ? (value as Record<string, unknown>) : {};
    if (!isObject) this.mistake(`expected an object with ${knownKeys.join(", ")}`);
    for (const key of Object.keys(this.values)) {
      if (knownKeys.includes(key)) continue;
      this.mistake(`there is no "${key.slice(0, 40)}"${suggestion(key, knownKeys)}`);
    }
  }

  mistake(text: string): void {
    this.tell(`${this.place}: ${text}`);
  }

  get(key: string): unknown {
    return this.values[key];
  }

  /** A whole number within the range; undefined where it is absent or wrong. */
  integer(key: string, min: number, max: number, isRequired = false): number | undefined {
    const value = this.values[key];
    if (value === undefined && !isRequired) return undefined;
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    this.mistake(`${key} has to be a whole number from ${min} to ${max}`);
    return undefined;
  }

  boolean(key: string): boolean | undefined {
    const value = this.values[key];
    if (value === undefined || typeof value === "boolean") return value;
    this.mistake(`${key} has to be true or false`);
    return undefined;
  }

  text(key: string, lengthMax = 256): string | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.trim() !== "" && value.length <= lengthMax) return value.trim();
    this.mistake(`${key} has to be a text of 1 to ${lengthMax} characters`);
    return undefined;
  }

  /** Names of a list, or one name, as the numbers that they stand for. */
  named<T>(key: string, table: ReadonlyMap<string, T>): readonly T[] | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (names.length === 0) this.mistake(`${key} names nothing; leave it out to allow all`);
    return names.flatMap((name) => {
      const found = typeof name === "string" ? table.get(name.trim()) : undefined;
      if (found !== undefined) return [found];
      const text = String(name).slice(0, 40);
      this.mistake(`${key} "${text}" is not known${suggestion(text, [...table.keys()])}`);
      return [];
    });
  }
}

function suggestion(name: string, known: readonly string[]): string {
  return didYouMean(name, known) || ` (known: ${known.join(", ")})`;
}

/** A list, or the JSON text of one as the environment delivers it; undefined for anything else. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "string") return Array.isArray(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
