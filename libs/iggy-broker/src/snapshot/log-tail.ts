import type { BrokerLogger } from "../broker-options.js";

const LINE_COUNT_MAX = 500;
const LINE_CHARS_MAX = 2000;

/** Passes log lines on and keeps the last ones for snapshots, the oldest first. */
export class LogTail implements BrokerLogger {
  private readonly kept: string[] = [];
  readonly debug: BrokerLogger["debug"];
  readonly info: BrokerLogger["info"];
  readonly warn: BrokerLogger["warn"];
  readonly error: BrokerLogger["error"];

  constructor(logger: BrokerLogger) {
    const passing = (level: keyof BrokerLogger) => (context: object, message: string) => {
      this.keep(level, context, message);
      logger[level](context, message);
    };
    this.debug = (context, message) => logger.debug(context, message);
    this.info = passing("info");
    this.warn = passing("warn");
    this.error = passing("error");
  }

  get lines(): readonly string[] {
    return this.kept;
  }

  private keep(level: string, context: object, message: string): void {
    this.kept.push(JSON.stringify({ level, message, ...context }).slice(0, LINE_CHARS_MAX));
    if (this.kept.length > LINE_COUNT_MAX) this.kept.shift();
  }
}
