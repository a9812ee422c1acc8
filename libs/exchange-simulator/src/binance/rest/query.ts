import type { SimulatedInstrument } from "../markets/instrument.js";
import { RestRefusal } from "./rest-answer.js";

const WHOLE = /^\d{1,20}$/;
/** Spot accepts microseconds too; a time this large cannot be milliseconds. */
const MICROS_FROM = 1e14;

/** Parameters of one request, read by the venue's rules. */
export class Query {
  readonly #parameters: URLSearchParams;

  constructor(
    search: string,
    private readonly find: (symbol: string) => SimulatedInstrument | undefined,
  ) {
    this.#parameters = new URLSearchParams(search);
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  text(name: string): string | undefined {
    const values = this.#parameters.getAll(name);
    if (values.length > 1) throw new RestRefusal(-1101, `Duplicate values for parameter '${name}'.`);
    if (values[0] === "") throw new RestRefusal(-1105, `Parameter '${name}' was empty.`);
    return values[0];
  }

  required(name: string): string {
    const value = this.#parameters.has(name) ? this.text(name) : undefined;
    if (value === undefined) {
      throw new RestRefusal(
        -1102,
        `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
      );
    }
    return value;
  }

  /** A listed symbol, traded or not. */
  instrument(): SimulatedInstrument {
    const instrument = this.find(this.required("symbol"));
    if (!instrument) throw new RestRefusal(-1121, "Invalid symbol.");
    return instrument;
  }

  /** A JSON list of listed symbols, as spot takes it in `symbols`. */
  instruments(name: string): SimulatedInstrument[] {
    return symbolList(this.required(name)).map((symbol) => {
      const instrument = this.find(symbol);
      if (!instrument) throw new RestRefusal(-1121, "Invalid symbol.");
      return instrument;
    });
  }

  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!WHOLE.test(text)) {
      throw new RestRefusal(
        -1100,
        `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`,
      );
    }
    return Number(text);
  }

  /** An instant in milliseconds, whichever unit it was given in. */
  millis(name: string): number | undefined {
    const value = this.whole(name);
    if (value === undefined) return undefined;
    return value >= MICROS_FROM ? Math.floor(value / 1000) : value;
  }

  /** The row limit; above the maximum it is cut or refused, as the market does. */
  limit(standard: number, max: number, aboveMax: "cut" | "refuse"): number {
    const value = this.whole("limit") ?? standard;
    if (value >= 1 && value <= max) return value;
    if (value > max && aboveMax === "cut") return max;
    throw new RestRefusal(-1130, "Data sent for parameter 'limit' is not valid.");
  }
}

function symbolList(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string")) return list;
  throw new RestRefusal(
    -1100,
    "Illegal characters found in parameter 'symbols'; a JSON list of symbols is needed.",
  );
}
