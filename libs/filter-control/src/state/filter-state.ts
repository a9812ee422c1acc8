import { didYouMean } from "@ims/common";
import { FILTERS_MAX, PARAMETERS_MAX, VERSIONS_MAX } from "../limits.js";
import type {
  DeployCommand,
  DeployLimits,
  FailurePolicy,
  FilterCommand,
  FilterParameters,
} from "../records/filter-command.js";

/** A version of a filter. */
export interface FilterVersion {
  /** 1 for the first one that was deployed under the name, and so on. */
  readonly number: number;
  /** SHA-256 of the module. */
  readonly module: string;
  readonly signature?: string;
  readonly parameters: FilterParameters;
  readonly policy: FailurePolicy;
  readonly limits: DeployLimits;
  /** The command that brought it. */
  readonly command: string;
  readonly deployedMicros: number;
}

/** A filter and its versions. */
export interface DeployedFilter {
  readonly name: string;
  readonly stream: string;
  readonly topic?: string;
  readonly position: number;
  /** Oldest first; never empty. */
  readonly versions: readonly FilterVersion[];
  /** Number of the version that runs. */
  readonly active: number;
  readonly isEnabled: boolean;
  /** Offset of the last command that changed it, and that command: equal revisions are equal filters. */
  readonly revision: number;
  readonly command: string;
}

/** What all commands so far add up to. */
export interface FilterState {
  readonly filters: ReadonlyMap<string, DeployedFilter>;
  /** Offset of the first command that is not in it. */
  readonly nextOffset: number;
}

export const NO_FILTERS: FilterState = { filters: new Map(), nextOffset: 0 };

/** What a command came to: the state behind it, and why it changed nothing where it was refused. */
export interface Reduced {
  readonly state: FilterState;
  readonly refusal?: string;
}

/** The active version of a filter. */
export function activeVersion(filter: DeployedFilter): FilterVersion {
  return filter.versions.find(({ number }) => number === filter.active) ?? filter.versions.at(-1)!;
}

/** The version that a rollback makes active. */
export function versionBefore(filter: DeployedFilter): FilterVersion | undefined {
  return filter.versions.findLast(({ number }) => number < filter.active);
}

/** Whether a filter is meant for this topic. */
export function appliesTo(filter: DeployedFilter, stream: string, topic: string): boolean {
  return filter.stream === stream && (filter.topic === undefined || filter.topic === topic);
}

/** Filters of a topic in the order of its chain; those of one position in the order of their names. */
export function chainOf(state: FilterState, stream: string, topic: string): DeployedFilter[] {
  return [...state.filters.values()]
    .filter((filter) => appliesTo(filter, stream, topic))
    .sort((a, b) => a.position - b.position || (a.name < b.name ? -1 : 1));
}

/** What a command makes of the state. Depends on nothing else, so everybody comes to the same. */
export function reduce(state: FilterState, command: FilterCommand, offset: number): Reduced {
  const filter = state.filters.get(command.name);
  const outcome = applied(state, filter, command, offset);
  const behind = { ...state, nextOffset: offset + 1 };
  if (typeof outcome === "string") return { state: behind, refusal: outcome };
  const filters = new Map(state.filters);
  if (outcome) filters.set(command.name, outcome);
  else filters.delete(command.name);
  return { state: { ...behind, filters } };
}

/** The filter behind the command, `undefined` when it is removed, or why not. */
function applied(
  state: FilterState,
  filter: DeployedFilter | undefined,
  command: FilterCommand,
  offset: number,
): DeployedFilter | undefined | string {
  if (command.kind === "deploy") return deployed(state, filter, command, offset);
  if (!filter) {
    const names = [...state.filters.keys()];
    return `there is no filter ${command.name}${didYouMean(command.name, names)}`;
  }
  const changed = { ...filter, revision: offset, command: command.id };
  switch (command.kind) {
    case "disable":
      return { ...changed, isEnabled: false };
    case "enable":
      return { ...changed, isEnabled: true };
    case "remove":
      return undefined;
    case "rollback": {
      const before = versionBefore(filter);
      if (!before) return `${filter.name} has no version before ${filter.active}`;
      return { ...changed, active: before.number };
    }
    case "parameters":
      return withParameters(changed, command.parameters);
  }
}

function deployed(
  state: FilterState,
  filter: DeployedFilter | undefined,
  command: DeployCommand & FilterCommand,
  offset: number,
): DeployedFilter | string {
  const { name, stream, topic, module, signature, parameters, policy, limits, id, sentMicros } = command;
  if (filter && (filter.stream !== stream || filter.topic !== topic)) {
    return `${name} filters ${placeText(filter)}; remove it, or deploy under another name`;
  }
  if (!filter && state.filters.size >= FILTERS_MAX) return `there are ${FILTERS_MAX} filters already`;
  const version: FilterVersion = {
    number: (filter?.versions.at(-1)?.number ?? 0) + 1,
    module,
    ...(signature === undefined ? {} : { signature }),
    parameters,
    policy,
    limits,
    command: id,
    deployedMicros: sentMicros,
  };
  return {
    name,
    stream,
    ...(topic === undefined ? {} : { topic }),
    position: command.position ?? filter?.position ?? nextPosition(state, stream),
    versions: [...(filter?.versions ?? []), version].slice(-VERSIONS_MAX),
    active: version.number,
    isEnabled: true,
    revision: offset,
    command: id,
  };
}

/** The new parameters are a version of their own, so that they can be rolled back too. */
function withParameters(filter: DeployedFilter, given: FilterParameters): DeployedFilter | string {
  const active = activeVersion(filter);
  const parameters = { ...active.parameters, ...given };
  if (Object.keys(parameters).length > PARAMETERS_MAX)
    return `that is more than ${PARAMETERS_MAX} parameters`;
  const number = filter.versions.at(-1)!.number + 1;
  const version = { ...active, number, parameters, command: filter.command };
  return { ...filter, versions: [...filter.versions, version].slice(-VERSIONS_MAX), active: number };
}

function nextPosition(state: FilterState, stream: string): number {
  let last = 0;
  for (const filter of state.filters.values()) {
    if (filter.stream === stream) last = Math.max(last, filter.position);
  }
  return Math.min(0xffff, last + 10);
}

/** `stream/topic`, or the stream alone. */
export function placeText({ stream, topic }: Pick<DeployedFilter, "stream" | "topic">): string {
  return topic === undefined ? `all topics of ${stream}` : `${stream}/${topic}`;
}
