import type { z } from "zod";
import { commonError } from "../errors/common-errors.js";

/** One setting. Its key in the definition is also its key in the configuration file. */
export interface SettingDefinition<Schema extends z.ZodType = z.ZodType> {
  /** Checks and converts; `.default(…)` or `.optional()` make the setting optional. */
  readonly schema: Schema;
  /** Environment variable, for example `IGGY_URL`. */
  readonly env?: string;
  /** Command-line flag without dashes, for example `iggy-url`. */
  readonly flag?: string;
  readonly description: string;
  /** Never printed, and never taken from a flag: command lines are readable by every user of the machine. */
  readonly secret?: true;
}

export type SettingsDefinition = Readonly<Record<string, SettingDefinition>>;

export type SettingsValues<Definition extends SettingsDefinition> = {
  readonly [Name in keyof Definition]: z.output<Definition[Name]["schema"]>;
};

/**
 * Declares the settings of a program, once. Definitions combine by spreading: `defineSettings({...a, ...b})`.
 * @throws `config.definition` when two settings share a variable or flag, or a secret has a flag
 */
export function defineSettings<const Definition extends SettingsDefinition>(
  definition: Definition,
): Definition {
  const owners = new Map<string, string>();
  for (const [name, { env, flag, secret }] of Object.entries(definition)) {
    if (secret && flag !== undefined) {
      throw commonError("config.definition", `Setting ${name} is secret and has the flag --${flag}`);
    }
    const sources = [env, flag === undefined ? undefined : `--${flag}`];
    for (const source of sources) {
      if (source === undefined) continue;
      const owner = owners.get(source);
      if (owner !== undefined) {
        throw commonError("config.definition", `Settings ${owner} and ${name} share ${source}`);
      }
      owners.set(source, name);
    }
  }
  return definition;
}

/** `iggy-url` to `iggyUrl`, the key under which command-line parsers store it. */
export function flagKey(flag: string): string {
  return flag.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
