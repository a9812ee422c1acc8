export { CommandLog, type CommandLogOptions, type HandledCommand } from "./control/command-log.js";
export { EventLog, writeEvent } from "./control/event-log.js";
export {
  type Deployment,
  FilterControl,
  type FilterControlOptions,
  type SentCommand,
} from "./control/filter-control.js";
export {
  COMMANDS_TOPIC,
  EVENTS_TOPIC,
  ensureFilterTopics,
  FILTERS_STREAM,
  type FilterClient,
  MODULES_TOPIC,
} from "./control/filter-topics.js";
export { FILTER_ERRORS } from "./errors.js";
export { FILTER_NAME, MODULE_BYTES_MAX } from "./limits.js";
export { hashModule } from "./modules/module-piece.js";
export { ModuleStore } from "./modules/module-store.js";
export * from "./records/filter-command.js";
export * from "./records/filter-event.js";
export * from "./state/filter-state.js";
