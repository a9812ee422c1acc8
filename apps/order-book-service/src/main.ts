import { createLogger, describeError, isImsError, loadSettings, parseFlags, systemClock } from "@ims/common";
import { startOrderBookService } from "./order-book-service.js";
import { BOOK_SERVICE_SETTINGS } from "./settings.js";
import { openSources } from "./sources/open-sources.js";

const USAGE_CODES = ["config.invalid", "book-service.venue"];

/** What `--help` prints, and nothing else: a flag for each setting. */
function helpText(): string {
  const rows = Object.values<{ flag?: string; env?: string; description: string }>(BOOK_SERVICE_SETTINGS);
  const [flags, names] = [rows.map(({ flag }) => flag ?? ""), rows.map(({ env }) => env ?? "")] as const;
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const lines = rows.map(({ description }, index) => {
    const flag = flags[index] === "" ? "" : `--${flags[index]}`;
    return `  ${flag.padEnd(width(flags) + 2)}  ${names[index]!.padEnd(width(names))}  ${description}`;
  });
  return `Settings (flag, environment variable, meaning):\n${lines.join("\n")}\n`;
}

try {
  if (process.argv.includes("--help")) {
    process.stdout.write(helpText());
    process.exit(0);
  }
  const settings = loadSettings(BOOK_SERVICE_SETTINGS, {
    flags: parseFlags(process.argv.slice(2)),
    env: process.env,
  }).values;
  const logger = createLogger({
    name: "order-book-service",
    level: settings.logLevel,
    pretty: process.stdout.isTTY,
  });
  const service = await startOrderBookService({
    sources: openSources(settings, systemClock, logger),
    address: settings.grpcAddress,
    staleAfterMillis: settings.staleSeconds * 1000,
    releaseAfterMillis: settings.releaseSeconds * 1000,
    ...(settings.assetAliases && { assetAliases: settings.assetAliases }),
    ...(settings.symbolMapping && { mapping: settings.symbolMapping }),
    ...(settings.publish &&
      !settings.direct && {
        publishing: {
          url: settings.iggyUrl,
          symbols: settings.publishSymbols,
          depth: settings.publishDepth,
          intervalMillis: settings.publishMillis,
        },
      }),
    logger,
  });
  let isClosing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isClosing) process.exit(1);
      isClosing = true;
      void service.close();
    });
  }
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = USAGE_CODES.some((code) => isImsError(error, code)) ? 2 : 1;
}
