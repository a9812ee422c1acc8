import { join } from "node:path";
import { Child, workspaceRoot } from "../support/child.js";

/** All processes of one run: none outlives it, however it ends. */
export class ProcessGroup {
  readonly #running = new Set<Child>();
  readonly #endAll = () => {
    for (const child of this.#running) child.kill("SIGKILL");
  };

  constructor() {
    process.once("exit", this.#endAll);
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
    void child.exited.then(() => this.#running.delete(child));
    return child;
  }

  /** Resolves when nothing runs any more. */
  async end(): Promise<void> {
    process.off("exit", this.#endAll);
    const running = [...this.#running];
    this.#endAll();
    await Promise.all(running.map(({ exited }) => exited));
  }
}

/** kill -9, and what it was. */
export async function killNow(child: Child): Promise<void> {
  child.kill("SIGKILL");
  const end = await child.exited;
  if (end !== "SIGKILL") {
    throw new Error(
      `had ended by itself with ${end} before it was killed:\n${child.output}\n${child.errors}`,
    );
  }
}
