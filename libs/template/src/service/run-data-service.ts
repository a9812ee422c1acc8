import { type ExchangeId, exchangeName, type SettingsDefinition, type SettingsValues } from "@ims/common";
import type { IntegrationFactory } from "@ims/traits";
import { loadServiceSettings, SERVICE_SETTINGS } from "../settings/service-settings.js";
import { type LaunchOptions, launchService } from "./launch-service.js";
import { nodeProcess, type ProcessHost } from "./process-host.js";
import { runProcess } from "./run-process.js";

/** The venue's part of a service. */
export interface VenueChoice {
  readonly exchange: ExchangeId;
  readonly integration: IntegrationFactory;
}

export interface RunOptions<Venue extends SettingsDefinition> {
  /** The venue's own settings, read together with the service's. */
  readonly settings: Venue;
  /** Makes the venue from their values. */
  readonly venue: (settings: SettingsValues<Venue>) => VenueChoice;
  /** Replaced in tests. */
  readonly host?: ProcessHost;
  readonly launch?: Omit<LaunchOptions, "exchange" | "integration">;
}

/**
 * Runs one service as this process: settings from flags, environment and `ims.config.json`, a log line when it is
 * ready, an orderly end on SIGTERM or SIGINT, an immediate one on the second. Resolves when the process may end, with
 * the {@link ExitCode} that it ends with.
 */
export async function runDataService<const Venue extends SettingsDefinition>(
  options: RunOptions<Venue>,
): Promise<number> {
  const { host = nodeProcess, launch = {} } = options;
  return runProcess({
    host,
    settings: { ...SERVICE_SETTINGS, ...options.settings },
    logger: launch.logger,
    clock: launch.clock,
    prepare(flags) {
      const loaded = loadServiceSettings(options.settings, { flags, env: host.env });
      const choice = options.venue(loaded.venue);
      const settingReports = loaded.describe();
      return {
        name: exchangeName(choice.exchange) ?? "ims",
        logLevel: loaded.service.logLevel,
        settingReports,
        launch: (logger, signal) =>
          launchService(loaded.service, { settingReports, ...launch, ...choice, logger, signal }),
      };
    },
  });
}
