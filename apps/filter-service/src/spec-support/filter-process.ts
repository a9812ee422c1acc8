import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../dist/main.js");

/** The service as a real process. */
export class FilterProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private log = "";

  constructor(port: number, sources: string, env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        IGGY_URL: `iggy://iggy:iggy@127.0.0.1:${port}`,
        IMS_BROKER: "external",
        IMS_HTTP_PORT: "0",
        IMS_CHECKPOINT_MILLIS: "100",
        IMS_FILTER_SOURCES: sources,
        IMS_FILTER_POLL_MILLIS: "20",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on("data", (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
    this.ended = once(this.child, "close");
  }

  /** What it printed. */
  get output(): string {
    return this.log;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }
}
