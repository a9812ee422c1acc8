import { createLogger, type SettingReport, systemClock } from "@ims/common";
import { startBrokerWorker } from "@ims/iggy-broker";
import type { ServiceSettings } from "../settings/service-settings.js";
import { composeService } from "./compose-service.js";
import type { DataService, DataServiceOptions } from "./data-service.js";
import { VenueService } from "./venue-service.js";

/**
 * Longer than a service and its embedded broker take to start again, so that who ran the broker before gets it back.
 * No longer, since records only wait in the producers meanwhile.
 */
const BROKER_ABSENCE_MILLIS = 5000;

/** What a service is started from, settings apart. */
export interface LaunchOptions extends Omit<DataServiceOptions, "settings" | "flags" | "env" | "configFile"> {
  /** The settings for people, without secrets. */
  readonly settingReports?: readonly SettingReport[];
}

/** Starts a service with settings that were read already; see `startDataService`. */
export async function launchService(settings: ServiceSettings, options: LaunchOptions): Promise<DataService> {
  const { exchange, integration, clock = systemClock, random = Math.random, signal } = options;
  const logger = options.logger ?? createLogger({ name: "ims", level: settings.logLevel });
  signal?.throwIfAborted();
  const { settingReports = [] } = options;
  const container = composeService({
    exchange,
    settings,
    clock,
    random,
    logger,
    integration,
    settingReports,
  });
  const {
    startEmbeddedBroker = startBrokerWorker,
    firstSessionMillis = 10_000,
    brokerAbsenceMillis: absenceMillis = BROKER_ABSENCE_MILLIS,
  } = options;
  const service = new VenueService(container, {
    random,
    startEmbeddedBroker,
    firstSessionMillis,
    absenceMillis,
  });
  const onAbort = () => void service.close();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await service.start();
  } catch (error) {
    signal?.removeEventListener("abort", onAbort);
    throw error;
  }
  return service;
}
