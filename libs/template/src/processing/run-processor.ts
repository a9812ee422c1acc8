import type { SettingsDefinition, SettingsValues } from "@ims/common";
import type { Processor } from "@ims/traits";
import { nodeProcess, type ProcessHost } from "../service/process-host.js";
import { runProcess } from "../service/run-process.js";
import { launchProcessor, type ProcessorLaunchOptions } from "./processor-service.js";
import { loadProcessorSettings, PROCESSOR_SETTINGS } from "./processor-settings.js";

/** What a processor program decides by its settings. */
export type ProcessorChoice = Pick<ProcessorLaunchOptions, "sources" | "start" | "companion"> & {
  readonly processor: Processor;
};

export interface RunProcessorOptions<Own extends SettingsDefinition> {
  /** For the log, before the processor has its name. */
  readonly name: string;
  /** Port of the health server unless configured. */
  readonly defaultPort: number;
  /** The processor's own settings, read together with those of every processor. */
  readonly settings: Own;
  /** Makes the processor from their values. */
  readonly processor: (settings: SettingsValues<Own>) => ProcessorChoice;
  /** Replaced in tests. */
  readonly host?: ProcessHost;
  readonly launch?: Partial<Omit<ProcessorLaunchOptions, "processor" | "sources" | "signal">>;
}

/**
 * Runs one processor as this process, as `runDataService` runs a venue: settings from flags, environment and
 * `ims.config.json`, a log line when it is ready, an orderly end on SIGTERM or SIGINT. Resolves when the process may
 * end, with the `ExitCode` that it ends with.
 */
export function runProcessor<const Own extends SettingsDefinition>(
  options: RunProcessorOptions<Own>,
): Promise<number> {
  const { defaultPort, host = nodeProcess, launch = {}, name } = options;
  return runProcess({
    host,
    settings: { ...PROCESSOR_SETTINGS, ...options.settings },
    logger: launch.logger,
    clock: launch.clock,
    prepare(flags) {
      const loaded = loadProcessorSettings(options.settings, { flags, env: host.env });
      const choice = options.processor(loaded.own);
      const settingReports = loaded.describe();
      return {
        name,
        logLevel: loaded.service.logLevel,
        settingReports,
        launch: (logger, signal) =>
          launchProcessor(loaded.service, {
            defaultPort,
            settingReports,
            ...launch,
            ...choice,
            logger,
            signal,
          }),
      };
    },
  });
}
