import { join } from "node:path";
import { Child, workspaceRoot } from "../support/child.js";

/** All processes of one run: none outlives it, however it ends. */
export class ProcessGroup {
  readonly #running = new Set<Child>();
  /** Those that may end. */
  readonly #dismissed = new Set<Child>();
  readonly #endAll = () => {
    for (const child of this.#running) child.kill("SIGKILL");
  };
  #reject!: (error: Error) => void;
  /** Rejects when a process ends that nobody ended. */
  readonly #died = new Promise<never>((_, reject) => {
    this.#reject = reject;
  });

  constructor() {
    process.once("exit", this.#endAll);
    this.#died.catch(() => undefined);
  }

  /** @param onMessage gets what the script sends to its parent */
  start(
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    onMessage?: (message: unknown) => void,
  ): Child {
    const command = ["--enable-source-maps", join(workspaceRoot, script), ...args];
    const child = new Child(process.execPath, command, env, onMessage);
    this.#running.add(child);
    void child.exited.then((end) => {
      this.#running.delete(child);
      if (this.#dismissed.has(child)) return;
      this.#reject(new Error(`${script} ended by itself with ${end}:\n${child.output}\n${child.errors}`));
    });
    return child;
  }

  /** kill -9; resolves when it is gone. */
  async kill(child: Child): Promise<void> {
    this.#dismissed.add(child);
    child.kill("SIGKILL");
    await child.exited;
  }

  /** From here on it may end by itself. */
  dismiss(child: Child): void {
    this.#dismissed.add(child);
  }

  /** As the promise; rejects also when a process ends that should run. */
  whileAlive<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#died]);
  }

  /** Resolves when nothing runs any more. */
  async end(): Promise<void> {
    process.off("exit", this.#endAll);
    const running = [...this.#running];
    for (const child of running) this.#dismissed.add(child);
    this.#endAll();
    await Promise.all(running.map(({ exited }) => exited));
  }
}
