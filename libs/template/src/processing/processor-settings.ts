import { resolve } from "node:path";
import {
  defineSettings,
  findConfigFile,
  integerSetting,
  type LogLevel,
  loadSettings,
  type SettingReport,
  type SettingsDefinition,
  type SettingsSources,
  type SettingsValues,
  textSetting,
} from "@ims/common";
import { type BrokerMode, type Environment, SERVICE_SETTINGS } from "../settings/service-settings.js";
import { workspaceRoot } from "../settings/workspace-root.js";

/** Effective values of one processor's service. */
export interface ProcessorSettings {
  readonly iggyUrl: string;
  readonly brokerMode: BrokerMode;
  /** Absolute folder; the embedded broker keeps its data in `broker` below it. */
  readonly dataDir: string;
  readonly environment: Environment;
  readonly httpHost: string;
  /** Port of the health server, 0 for any; undefined: the processor's own. */
  readonly httpPort?: number | undefined;
  readonly logLevel: LogLevel;
  /** Instances with one name share the work; undefined: the processor's name. */
  readonly processorGroup?: string | undefined;
  /** Longest time between checkpoints. */
  readonly checkpointMillis: number;
}

const { iggyUrl, brokerMode, dataDir, environment, httpHost, httpPort, logLevel } = SERVICE_SETTINGS;

/** Settings of every processor; its own are read together with them. */
export const PROCESSOR_SETTINGS = defineSettings({
  iggyUrl,
  brokerMode,
  dataDir,
  environment,
  httpHost,
  httpPort,
  logLevel,
  processorGroup: {
    schema: textSetting({ lengthMax: 64 }).optional(),
    env: "IMS_PROCESSOR_GROUP",
    flag: "processor-group",
    description: "name under which several instances share the work",
  },
  checkpointMillis: {
    schema: integerSetting({ min: 1, max: 600_000 }).default(1000),
    env: "IMS_CHECKPOINT_MILLIS",
    flag: "checkpoint-millis",
    description: "longest time between checkpoints of a processor's state",
  },
});

/** Settings of a processor's service and its own, and where each came from. */
export interface LoadedProcessorSettings<Own extends SettingsDefinition> {
  readonly service: ProcessorSettings;
  readonly own: SettingsValues<Own>;
  describe(): SettingReport[];
}

/**
 * Reads them from flags, environment and `ims.config.json` of the workspace root unless a file is named.
 * @throws `config.invalid` naming every mistake
 */
export function loadProcessorSettings<Own extends SettingsDefinition>(
  own: Own,
  sources: SettingsSources = {},
): LoadedProcessorSettings<Own> {
  const root = workspaceRoot();
  const loaded = loadSettings<SettingsDefinition>(
    { ...PROCESSOR_SETTINGS, ...own },
    { ...sources, file: "file" in sources ? sources.file : findConfigFile(root) },
  );
  const values = loaded.values as SettingsValues<typeof PROCESSOR_SETTINGS & Own>;
  return {
    service: { ...values, dataDir: resolve(root, values.dataDir) },
    own: values,
    describe: () => loaded.describe(),
  };
}
