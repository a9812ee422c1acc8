/** The part of `process` that a service program uses; tests pass their own. */
export interface ProcessHost {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  on(event: string, listener: (detail: unknown) => void): void;
  print(text: string): void;
  printError(text: string): void;
  /** Ends the process; in tests it returns. */
  exit(code: number): void;
  /** Milliseconds since the process was started. */
  uptimeMillis(): number;
  residentMebibytes(): number;
}

export const nodeProcess: ProcessHost = {
  argv: process.argv.slice(2),
  env: process.env,
  isTerminal: process.stdout.isTTY === true,
  on: (event, listener) => void process.on(event, listener),
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  exit: (code) => process.exit(code),
  uptimeMillis: () => Math.round(process.uptime() * 1000),
  residentMebibytes: () => Math.round(process.memoryUsage.rss() / 1_048_576),
};
