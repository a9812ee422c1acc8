import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export const workspaceRoot = join(import.meta.dirname, "../../../..");

/** A real process with its output kept. Waiting is on what it prints, never on time. */
export class Child {
  output = "";
  errors = "";
  readonly #process: ChildProcess;
  readonly #watchers = new Set<() => void>();
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;

  /** @param onMessage gets what it sends to its parent; without it there is no channel */
  constructor(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    onMessage?: (message: unknown) => void,
  ) {
    this.#process = spawn(command, args, {
      cwd: workspaceRoot,
      env: { ...baseEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe", ...(onMessage ? (["ipc"] as const) : [])],
    });
    if (onMessage) this.#process.on("message", onMessage);
    this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.output += text;
      this.#wake();
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
      this.#wake();
    });
    this.exited = new Promise((resolve, reject) => {
      this.#process.once("error", reject);
      this.#process.once("close", (code, signal) => {
        resolve(code ?? signal ?? "unknown");
        this.#wake();
      });
    });
  }

  static node(script: string, args: readonly string[] = [], env?: Readonly<Record<string, string>>): Child {
    return new Child(process.execPath, ["--enable-source-maps", join(workspaceRoot, script), ...args], env);
  }

  /** Resolves with the match once standard output or standard error holds it; rejects when the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let over = false;
    void this.exited.then(() => {
      over = true;
    });
    for (;;) {
      const match = pattern.exec(this.output) ?? pattern.exec(this.errors);
      if (match) return match;
      if (over) throw new Error(`ended without printing ${pattern}:\n${this.output}\n${this.errors}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }

  /** To a process that has a channel. */
  send(message: object): void {
    this.#process.send(message);
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#process.kill(signal);
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The environment without what would steer the product or the test runner's children. */
function baseEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined) continue;
    if (/^(IGGY_|IMS_|BINANCE_|ENV$|LOG_LEVEL$|VITEST|NODE_OPTIONS$|INIT_CWD$)/.test(name)) continue;
    kept[name] = value;
  }
  return kept;
}
