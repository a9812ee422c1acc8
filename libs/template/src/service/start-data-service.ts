import { loadServiceSettings } from "../settings/service-settings.js";
import type { DataService, DataServiceOptions } from "./data-service.js";
import { launchService } from "./launch-service.js";

/**
 * Starts the service of one venue inside the calling process. Resolves once what can be wrong for good was right:
 * configuration, health port, embedded broker; {@link DataService.ready} tells when clients can be served.
 *
 * @throws `config.invalid`, `service.port-in-use`, `service.broker-not-local`, `service.wrong-integration`, and
 *   `broker.*` of the embedded broker
 */
export async function startDataService(options: DataServiceOptions): Promise<DataService> {
  const { settings, flags = {}, env = process.env, configFile, ...rest } = options;
  const loaded = loadServiceSettings({}, { flags, env, file: configFile });
  const settingReports = loaded
    .describe()
    .map((report) =>
      settings !== undefined && report.name in settings
        ? { ...report, value: "***", source: "the program" }
        : report,
    );
  return launchService({ ...loaded.service, ...settings }, { ...rest, settingReports });
}
