import type { Decimal } from "@ims/common";

/** A column of texts; it grows with its widest text and never shrinks, so lines printed one by one stay aligned. */
export class TextColumn {
  #width: number;

  constructor(
    readonly title: string,
    private readonly align: "left" | "right" = "left",
    widthMin = 0,
  ) {
    this.#width = Math.max(widthMin, title.length);
  }

  cell(text: string): string {
    this.#width = Math.max(this.#width, text.length);
    return this.align === "left" ? text.padEnd(this.#width) : text.padStart(this.#width);
  }

  header(): string {
    return this.cell(this.title);
  }
}

/** A column of exact decimals with their points below one another. */
export class DecimalColumn {
  #integerWidth: number;
  #fractionWidth: number;

  constructor(
    readonly title: string,
    integerWidthMin = 4,
    fractionWidthMin = 2,
  ) {
    this.#integerWidth = integerWidthMin;
    this.#fractionWidth = fractionWidthMin;
  }

  /** @param value null for one that is not there */
  cell(value: Decimal | null): string {
    const text = value === null ? "-" : value.toString();
    const pointAt = text.indexOf(".");
    const integer = pointAt < 0 ? text : text.slice(0, pointAt);
    const fraction = pointAt < 0 ? "" : text.slice(pointAt);
    this.#integerWidth = Math.max(this.#integerWidth, integer.length);
    this.#fractionWidth = Math.max(this.#fractionWidth, fraction.length - 1);
    return (integer.padStart(this.#integerWidth) + fraction).padEnd(this.#width);
  }

  header(): string {
    return this.title.padStart(this.#width);
  }

  get #width(): number {
    return Math.max(this.#integerWidth + 1 + this.#fractionWidth, this.title.length);
  }
}

const CONTROL = /\p{Cc}/gu;

/** A text of a broker or a service for a terminal, which must not get its control sequences. */
export function printable(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}

/** Joins cells to a line without blanks at its end. */
export function line(...cells: readonly string[]): string {
  return `${cells.join("  ").trimEnd()}\n`;
}

/** `2024-08-08 12:00:00.123` in UTC; whole milliseconds, as venues print them. */
export function timeText(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  if (Number.isNaN(date.getTime())) return String(micros);
  return date.toISOString().slice(0, 23).replace("T", " ");
}
