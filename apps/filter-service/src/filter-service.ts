import { hostname } from "node:os";
import type { Clock, Logger, SettingsValues } from "@ims/common";
import { ensureFilterTopics, ModuleStore } from "@ims/filter-control";
import type { Companion, CompanionHost, ProcessorChoice } from "@ims/template";
import { readTrustList } from "@ims/wasm-runtime";
import type { StageTools } from "./chain/stage-tools.js";
import { ControlWatch } from "./control/control-watch.js";
import { EventWriter } from "./control/event-writer.js";
import { watchFile } from "./control/file-watch.js";
import { ModuleLibrary } from "./control/module-library.js";
import { type FilterParts, FilterProcessor } from "./filter-processor.js";
import { FilterReport } from "./filter-report.js";
import type { FILTER_SETTINGS } from "./filter-settings.js";

export type FilterServiceSettings = SettingsValues<typeof FILTER_SETTINGS>;

/**
 * What the template runs: a processor of filters, and beside it the following of commands.
 * @throws `wasm.bad-key` for a key of the trust list that is none
 */
export function filterService(settings: FilterServiceSettings): ProcessorChoice {
  const { filterName, requireSignature, sources, start, trustedKeys } = settings;
  const trusted = trustedKeys.length > 0 || requireSignature ? readTrustList(trustedKeys) : undefined;
  let parts: FilterParts | undefined;
  const processor = new FilterProcessor(filterName, () => {
    if (!parts) throw new Error("a task was made before the companion had begun");
    return parts;
  });
  return {
    processor,
    sources,
    start,
    async companion(host): Promise<Companion> {
      const { client, clock, logger, signal } = host;
      await ensureFilterTopics(client);
      const library = new ModuleLibrary(new ModuleStore(client), trusted);
      const tools = stageTools(library, clock, logger);
      const events = new EventWriter(client, logger);
      const service = `${filterName}@${hostname()}:${process.pid}`;
      const { pollMillis } = settings;
      const options = { client, sources, library, tools, events, clock, logger, signal, pollMillis, service };
      const watch = new ControlWatch(options);
      parts = { wanted: watch, tools };
      const watching = watchSetting(settings, host);
      const report = new FilterReport(processor, watch, events);
      return {
        metrics: (text) => report.metrics(text),
        status: () => report.status(),
        reasons: () => report.reasons(),
        async close() {
          await watch.close();
          await watching;
        },
      };
    },
  };
}

function stageTools(library: ModuleLibrary, clock: Clock, logger: Logger): StageTools {
  return {
    clock,
    checked: (module, limits) => library.checked(module, limits),
    log(name, level, text) {
      logger[level]({ filter: name, text }, "a filter says");
    },
  };
}

async function watchSetting(
  { watchFile: file, pollMillis, sources }: FilterServiceSettings,
  { client, clock, logger, signal }: CompanionHost,
): Promise<void> {
  const [source] = sources;
  if (file === undefined || !source) return;
  const { stream, topic } = source;
  await watchFile({ client, clock, logger, signal, file, stream, topic, pollMillis });
}
