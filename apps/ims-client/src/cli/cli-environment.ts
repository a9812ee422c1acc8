import type { Clock } from "@ims/common";
import type { ConnectOptions } from "../client/connect-options.js";
import type { ImsClient } from "../client/ims-client.js";

/** Where lines go: a terminal, a pipe, or a test's array. */
export interface CliOutput {
  readonly isTerminal: boolean;
  /** Resolves when more may be written; false when the reader of the output is gone. */
  write(text: string): Promise<boolean>;
}

/** Everything that the command takes from the process, so that tests can stand in for it. */
export interface CliEnvironment {
  /** Without the interpreter and the script. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: CliOutput;
  readonly errors: CliOutput;
  /** The standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  /** Aborts when the user or the system asks the command to end. */
  readonly interrupted: AbortSignal;
  /** Calls back when the process is told to read its files again; returns a function that ends that. */
  onHangUp(listener: () => void): () => void;
  connect(options: ConnectOptions): Promise<ImsClient>;
}

/** 0: done, or ended by the user; 1: failed; 2: the command line or the configuration is wrong. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2 } as const;
/** Thrown by a command that has printed everything and did not end well. */
export class CommandFailed extends Error {}

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
