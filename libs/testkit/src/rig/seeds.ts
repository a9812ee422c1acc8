import { seededRuns, wholeNumber } from "@ims/spec-kit";

export interface SeedPlan {
  readonly first: number;
  readonly count: number;
}

/**
 * Which seeds a property is tried with. `IMS_SEED` names a single one. Otherwise they are as many as `seededRuns` gives.
 * @param countDefault seeds of an ordinary run
 */
export function seedPlan(countDefault: number, environment: NodeJS.ProcessEnv = process.env): SeedPlan {
  const single = wholeNumber(environment.IMS_SEED);
  if (single !== undefined) return { first: single, count: 1 };
  return { first: 1, count: seededRuns(countDefault, environment) };
}

/** Time a test may take: a long run gets as much per seed as an ordinary one. */
export function seedTimeoutMillis(countDefault: number, millisDefault = 60_000): number {
  return Math.max(millisDefault, (seedPlan(countDefault).count / countDefault) * millisDefault);
}

/**
 * Runs a property for every seed. A failure names its seed, with which it can be repeated alone. A run with `IMS_SEEDS`
 * prints how many seeds passed.
 */
export async function forEachSeed(
  what: string,
  countDefault: number,
  run: (seed: number) => Promise<void>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { first, count } = seedPlan(countDefault, environment);
  for (let seed = first; seed < first + count; seed++) {
    try {
      await run(seed);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${what}: seed ${seed} failed (repeat with IMS_SEED=${seed}): ${message}`, { cause });
    }
  }
  if (environment.IMS_SEEDS) console.log(`${what}: ${count} seeds passed`);
}
