import { fork } from "node:child_process";
import { join } from "node:path";

/** A process of the measurement: asked one thing at a time, answers with one message. */
export class Part {
  #process;
  #expected = new Map();
  #failed;

  constructor(script, options) {
    // Without the flags of the process that measures: the parts run as they would anywhere.
    this.#process = fork(join(import.meta.dirname, script), [JSON.stringify(options)], { execArgv: [] });
    this.#process.on("message", (message) => {
      for (const [name, value] of Object.entries(message)) this.#expected.get(name)?.resolve(value);
    });
    /** The value of its first message. */
    this.ready = this.#answer("ready");
    this.ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.ended.then((code) => {
      this.#failed = new Error(`${script} ended with ${code}`);
      for (const { reject } of this.#expected.values()) reject(this.#failed);
    });
  }

  ask(name, value) {
    const answer = this.#answer(name);
    this.#process.send({ ask: name, value });
    return answer;
  }

  async end() {
    if (this.#process.connected) this.#process.send({ ask: "end" });
    await this.ended;
  }

  #answer(name) {
    return new Promise((resolve, reject) => {
      if (this.#failed) reject(this.#failed);
      else this.#expected.set(name, { resolve, reject });
    });
  }
}
