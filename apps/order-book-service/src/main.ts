import { createLogger, describeError, isImsError, loadSettings, parseFlags, systemClock } from "@ims/common";
import { startOrderBookService } from "./order-book-service.js";
import { BOOK_SERVICE_SETTINGS } from "./settings.js";
import { openSources } from "./sources/open-sources.js";

const USAGE_CODES = ["config.invalid", "book-service.venue"];

try {
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
