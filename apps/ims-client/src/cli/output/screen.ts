import type { CliOutput } from "../cli-environment.js";

const ESCAPE = "\u001b[";

/** A part of a terminal that is written again and again in its place; in a pipe one frame follows the other. */
export class Screen {
  #lineCount = 0;

  constructor(private readonly output: CliOutput) {}

  /**
   * Puts the lines in the place of those before, or behind them and an empty line where nothing can be redrawn.
   * @returns false when the terminal is gone
   */
  show(lines: readonly string[]): Promise<boolean> {
    if (!this.output.isTerminal) return this.output.write(`${lines.join("\n")}\n\n`);
    const up = this.#lineCount === 0 ? "" : `${ESCAPE}${this.#lineCount}A`;
    // Each line first ends what stood there; a shorter frame clears what is left below it.
    const body = lines.map((text) => `${text}${ESCAPE}K\n`).join("");
    const rest = this.#lineCount > lines.length ? `${ESCAPE}J` : "";
    this.#lineCount = lines.length;
    return this.output.write(`${up}${body}${rest}`);
  }
}
