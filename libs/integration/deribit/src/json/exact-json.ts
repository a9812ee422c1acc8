import { asObject, type JsonObject } from "@ims/integration-kit";

/** A JSON number as it was printed: a double would lose digits and whole numbers above 2^53. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** An object of what {@link parseExactJson} read; undefined for anything else, numbers among it. */
export function exactObject(value: unknown): JsonObject | undefined {
  return value instanceof NumberText ? undefined : asObject(value);
}

const DEPTH_MAX = 32;
const LOWER_CASE = 0x20;
const Char = {
  Tab: 9,
  NewLine: 10,
  Return: 13,
  Space: 32,
  Quote: 34,
  Plus: 43,
  Comma: 44,
  Minus: 45,
  Point: 46,
  Zero: 48,
  Nine: 57,
  Colon: 58,
  Backslash: 92,
  Exponent: 101,
} as const;
const Bracket = { OpenList: 91, CloseList: 93, OpenObject: 123, CloseObject: 125 } as const;

/**
 * Reads JSON as `JSON.parse` does, but for numbers, which become {@link NumberText}. Throws a SyntaxError for what is no
 * JSON, or nested deeper than 32 levels.
 */
export function parseExactJson(text: string): unknown {
  return new ExactReader(text).whole();
}

class ExactReader {
  #at = 0;

  constructor(private readonly text: string) {}

  whole(): unknown {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) throw this.#broken();
    return value;
  }

  #value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw new SyntaxError(`JSON nested deeper than ${DEPTH_MAX} levels`);
    this.#space();
    switch (this.text.charCodeAt(this.#at)) {
      case Bracket.OpenObject:
        return this.#object(depth);
      case Bracket.OpenList:
        return this.#list(depth);
      case Char.Quote:
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    this.#at++;
    if (this.#takes(Bracket.CloseObject)) return record;
    do {
      this.#space();
      if (this.text.charCodeAt(this.#at) !== Char.Quote) throw this.#broken();
      const key = this.#string();
      if (!this.#takes(Char.Colon)) throw this.#broken();
      const value = this.#value(depth + 1);
      // The plain assignment would set the prototype.
      if (key === "__proto__")
        Object.defineProperty(record, key, { value, enumerable: true, configurable: true });
      else record[key] = value;
    } while (this.#takes(Char.Comma));
    if (!this.#takes(Bracket.CloseObject)) throw this.#broken();
    return record;
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    if (this.#takes(Bracket.CloseList)) return list;
    do list.push(this.#value(depth + 1));
    while (this.#takes(Char.Comma));
    if (!this.#takes(Bracket.CloseList)) throw this.#broken();
    return list;
  }

  #string(): string {
    const { text } = this;
    const start = this.#at;
    let isPlain = true;
    for (let at = start + 1; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === Char.Quote) {
        this.#at = at + 1;
        return isPlain ? text.slice(start + 1, at) : (JSON.parse(text.slice(start, at + 1)) as string);
      }
      if (char === Char.Backslash) {
        isPlain = false;
        at++;
      } else if (char < Char.Space) break;
    }
    throw this.#broken();
  }

  #scalar(): unknown {
    const char = this.text.charCodeAt(this.#at);
    if (char === Char.Minus || isDigit(char)) return this.#number();
    if (this.#literal("null")) return null;
    if (this.#literal("true")) return true;
    if (this.#literal("false")) return false;
    throw this.#broken();
  }

  #number(): NumberText {
    const start = this.#at;
    if (this.text.charCodeAt(start) === Char.Minus) this.#at++;
    // A zero begins no further digits.
    if (this.text.charCodeAt(this.#at) === Char.Zero) this.#at++;
    else this.#digits();
    if (this.text.charCodeAt(this.#at) === Char.Point) {
      this.#at++;
      this.#digits();
    }
    // The letter e in either case.
    if ((this.text.charCodeAt(this.#at) | LOWER_CASE) === Char.Exponent) {
      const sign = this.text.charCodeAt(++this.#at);
      if (sign === Char.Plus || sign === Char.Minus) this.#at++;
      this.#digits();
    }
    return new NumberText(this.text.slice(start, this.#at));
  }

  /** One at least. */
  #digits(): void {
    const start = this.#at;
    while (isDigit(this.text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw this.#broken();
  }

  #literal(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #takes(char: number): boolean {
    this.#space();
    if (this.text.charCodeAt(this.#at) !== char) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (;;) {
      const char = this.text.charCodeAt(this.#at);
      if (char !== Char.Space && char !== Char.NewLine && char !== Char.Return && char !== Char.Tab) return;
      this.#at++;
    }
  }

  #broken(): SyntaxError {
    return new SyntaxError(`no JSON at character ${this.#at}`);
  }
}

/** False behind the end, where the code is NaN. */
function isDigit(char: number): boolean {
  return char >= Char.Zero && char <= Char.Nine;
}
