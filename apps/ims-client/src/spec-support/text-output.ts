import type { CliOutput } from "../cli/cli-environment.js";

/** Keeps what a command prints; its reader goes away after `linesMax` lines. */
export class TextOutput implements CliOutput {
  text = "";
  linesMax = Number.POSITIVE_INFINITY;
  #watchers: (() => void)[] = [];

  constructor(readonly isTerminal: boolean) {}

  async write(text: string): Promise<boolean> {
    if (this.text.split("\n").length > this.linesMax) return false;
    this.text += text;
    for (const wake of this.#watchers.splice(0)) wake();
    return true;
  }

  get lines(): string[] {
    return this.text.trimEnd().split("\n");
  }

  /** Resolves once the text holds the pattern. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}
