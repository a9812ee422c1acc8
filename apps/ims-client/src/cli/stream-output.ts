import type { Writable } from "node:stream";
import type { CliOutput } from "./cli-environment.js";

/** Output to a stream of the process. A closed pipe (`ims trades BTCUSDT | head -3`) is an end, not an error. */
export class StreamOutput implements CliOutput {
  #isOpen = true;
  #drained: (() => void)[] = [];

  constructor(
    private readonly stream: Writable,
    readonly isTerminal: boolean,
    /** Called once when the reader of the output is gone. */
    onClosed: () => void,
  ) {
    const end = () => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      this.#release();
      onClosed();
    };
    stream.on("error", end);
    stream.on("close", end);
    stream.on("drain", () => this.#release());
  }

  async write(text: string): Promise<boolean> {
    if (!this.#isOpen) return false;
    if (!this.stream.write(text)) await new Promise<void>((resolve) => this.#drained.push(resolve));
    return this.#isOpen;
  }

  #release(): void {
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }
}
