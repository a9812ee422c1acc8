import {
  activeVersion,
  type DeployedFilter,
  type DeployLimits,
  type FailurePolicy,
  type FilterVersion,
} from "@ims/filter-control";

/** What a stage of a chain is to be. */
export interface StagePlan {
  /** The filter's name. */
  readonly name: string;
  /** Changes with every command to the filter. */
  readonly key: string;
  /** The command that brought this about. */
  readonly command: string;
  /** SHA-256 of the module. */
  readonly module: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly policy: FailurePolicy;
  readonly limits: DeployLimits;
  readonly isEnabled: boolean;
}

/** A stage as it is from some offset on. */
export interface ChainEntry {
  readonly plan: StagePlan;
  /** Key of the newest plan that was looked at: after a rollback the one that failed, which is not tried again. */
  readonly seen: string;
  /** Why the module is not run. */
  readonly quarantine?: string;
}

/** The plan of a filter with one of its versions: the active one, or one before that can run. */
export function planOf(filter: DeployedFilter, version: FilterVersion = activeVersion(filter)): StagePlan {
  const { name, revision, command, isEnabled } = filter;
  const { module, parameters, policy, limits } = version;
  return {
    name,
    key: `${revision}.${version.number}`,
    command,
    module,
    parameters,
    policy,
    limits,
    isEnabled,
  };
}

/** Whether a new plan can be taken over to while batches go on. */
export function isSwap(from: StagePlan, to: StagePlan): boolean {
  return from.isEnabled && to.isEnabled && from.limits.batchMillis === to.limits.batchMillis;
}

/** Whether both run the same in every respect that a module could notice. */
export function runsAlike(from: StagePlan, to: StagePlan): boolean {
  return (
    from.module === to.module &&
    from.isEnabled === to.isEnabled &&
    JSON.stringify([from.limits, sorted(from.parameters)]) ===
      JSON.stringify([to.limits, sorted(to.parameters)])
  );
}

function sorted(parameters: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
}
