import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { runCli } from "../cli/run-cli.js";
import type { ConnectOptions } from "../client/connect-options.js";
import { TextOutput } from "./text-output.js";

/** How one run of `ims` stands in the world. */
export interface RunOptions {
  readonly terminal?: boolean;
  readonly input?: readonly (string | Uint8Array)[];
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** Begins one run of `ims` with the words of a command line. */
export function startIms(
  words: readonly string[],
  { terminal = false, input = [], env = {}, clock = systemClock }: RunOptions = {},
) {
  const output = new TextOutput(terminal);
  const errors = new TextOutput(terminal);
  const interrupt = new AbortController();
  const hangUps = new Set<() => void>();
  const exit = runCli({
    args: words,
    env,
    output,
    errors,
    input: chunks(input),
    clock,
    interrupted: interrupt.signal,
    onHangUp: (listener) => {
      hangUps.add(listener);
      return () => hangUps.delete(listener);
    },
    connect: (_: ConnectOptions) => Promise.reject(new Error("this command needs no service")),
  });
  const hangUp = () => {
    for (const listener of hangUps) listener();
  };
  return { output, errors, interrupt, hangUp, exit };
}

/** A real embedded broker with a client, and the `ims` command on it. */
export class IggyStage {
  private constructor(
    private readonly folder: string,
    private readonly broker: Broker,
    readonly client: IggyClient,
  ) {}

  static async start(): Promise<IggyStage> {
    const folder = await mkdtemp(join(tmpdir(), "ims-cli-"));
    const broker = await startBroker({
      port: 0,
      dataDir: join(folder, "broker"),
      passwordCost: { log2N: 10 },
    });
    const client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
    return new IggyStage(folder, broker, client);
  }

  get url(): string {
    return `iggy://iggy:iggy@127.0.0.1:${this.broker.port}`;
  }

  /** Begins one run on this broker. */
  start(commandLine: string, options: RunOptions = {}) {
    return startIms(
      commandLine.split(" ").filter((word) => word !== ""),
      { ...options, env: { IGGY_URL: this.url, ...options.env } },
    );
  }

  /** One run to its end. */
  async run(commandLine: string, options: RunOptions = {}) {
    const { output, errors, exit } = this.start(commandLine, options);
    return { exit: await exit, output: output.text, lines: output.lines, errors: errors.text };
  }

  /** The JSON lines of a run that must succeed. */
  async json(commandLine: string, options: RunOptions = {}): Promise<Record<string, unknown>[]> {
    const { exit, lines, errors } = await this.run(commandLine, options);
    if (exit !== 0) throw new Error(`ims ${commandLine} ended with ${exit}: ${errors}`);
    return lines.filter((text) => text !== "").map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  async end(): Promise<void> {
    await this.client.close();
    await this.broker.close();
    await rm(this.folder, { recursive: true });
  }
}

async function* chunks(input: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of input) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}
