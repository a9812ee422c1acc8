import type { z } from "zod";
import { commonError } from "../errors/common-errors.js";
import { MASKED_TEXT, maskUrl } from "../logging/mask-secrets.js";
import { didYouMean } from "../text/nearest-names.js";
import { readConfigFile } from "./config-file.js";
import {
  flagKey,
  type SettingDefinition,
  type SettingsDefinition,
  type SettingsValues,
} from "./settings-definition.js";

export interface SettingsSources {
  /** By flag name (`iggy-url`) or by its camel-case key (`iggyUrl`); entries that are undefined count as not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Variables that are not in the definition are ignored; empty ones count as not given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Path of a JSON file; see {@link findConfigFile}. Undefined: no file. */
  readonly file?: string | undefined;
}

/** One line of the effective configuration. */
export interface SettingReport {
  readonly name: string;
  /** As text; secrets and the user info of URLs are masked. Empty for an optional setting that is not given. */
  readonly value: string;
  /** `--iggy-url`, `IGGY_URL`, the file's path, or `default`. */
  readonly source: string;
}

export interface LoadedSettings<Definition extends SettingsDefinition> {
  readonly values: SettingsValues<Definition>;
  describe(): SettingReport[];
}

interface GivenValue {
  readonly input: unknown;
  readonly source: string;
}

const QUOTED_LENGTH_MAX = 80;

/**
 * Reads the settings: flags over environment over file over default. Unknown flags and unknown keys of the file are
 * mistakes.
 * @throws `config.invalid` naming every mistake at once: the setting, where the value came from, what is expected;
 *   `context.mistakes` holds them one by one
 */
export function loadSettings<const Definition extends SettingsDefinition>(
  definition: Definition,
  { flags = {}, env = {}, file }: SettingsSources = {},
): LoadedSettings<Definition> {
  const mistakes: string[] = [];
  const fileValues = file === undefined ? new Map<string, unknown>() : readConfigFile(file, mistakes);
  reportUnknownFlags(definition, flags, mistakes);
  reportUnknownKeys(definition, fileValues, file, mistakes);

  const values: Record<string, unknown> = {};
  const reports: SettingReport[] = [];
  for (const [name, setting] of Object.entries(definition)) {
    const given = firstGiven(name, setting, flags, env, fileValues, file);
    const result = setting.schema.safeParse(given?.input);
    if (result.success) {
      values[name] = result.data;
      reports.push({ name, value: masked(setting, result.data), source: given?.source ?? "default" });
    } else if (given) {
      mistakes.push(`${given.source}: ${issueText(result.error)}, got ${givenText(setting, given)}`);
    } else {
      mistakes.push(`${name} is missing: ${issueText(result.error)}; set ${waysToSet(name, setting)}`);
    }
  }
  if (mistakes.length > 0) {
    throw commonError("config.invalid", `Invalid configuration: ${mistakes.join("; ")}`, {
      context: { mistakes },
    });
  }
  return {
    // Every key of the definition was read through its own schema above.
    values: Object.freeze(values) as SettingsValues<Definition>,
    describe: () => reports.map((report) => ({ ...report })),
  };
}

function firstGiven(
  name: string,
  { env: variable, flag }: SettingDefinition,
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  fileValues: ReadonlyMap<string, unknown>,
  file: string | undefined,
): GivenValue | undefined {
  if (flag !== undefined) {
    for (const key of [flag, flagKey(flag)]) {
      const input = Object.hasOwn(flags, key) ? flags[key] : undefined;
      if (input !== undefined) return { input, source: `--${flag}` };
    }
  }
  const text = variable === undefined ? undefined : env[variable];
  if (text !== undefined && text !== "") return { input: text, source: `${variable}` };
  if (fileValues.has(name)) return { input: fileValues.get(name), source: `${name} in ${file}` };
  return undefined;
}

function reportUnknownFlags(
  definition: SettingsDefinition,
  flags: Readonly<Record<string, unknown>>,
  mistakes: string[],
): void {
  const known = Object.values(definition).flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
  const keys = new Set(known.flatMap((flag) => [flag, flagKey(flag)]));
  for (const [key, value] of Object.entries(flags)) {
    if (value === undefined || keys.has(key)) continue;
    mistakes.push(`--${shortened(key)}: there is no such flag${didYouMean(key, known)}`);
  }
}

function reportUnknownKeys(
  definition: SettingsDefinition,
  fileValues: ReadonlyMap<string, unknown>,
  file: string | undefined,
  mistakes: string[],
): void {
  const known = Object.keys(definition);
  for (const key of fileValues.keys()) {
    if (Object.hasOwn(definition, key)) continue;
    mistakes.push(`${shortened(key)} in ${file}: there is no such setting${didYouMean(key, known)}`);
  }
}

function issueText(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join(" and ");
}

function waysToSet(name: string, { env, flag }: SettingDefinition): string {
  const ways = [`"${name}" in the configuration file`];
  if (env !== undefined) ways.unshift(env);
  if (flag !== undefined) ways.unshift(`--${flag}`);
  return ways.join(" or ");
}

function masked({ secret }: SettingDefinition, value: unknown): string {
  if (value === undefined) return "";
  if (secret) return MASKED_TEXT;
  return maskUrl(typeof value === "string" ? value : JSON.stringify(value));
}

/** A flag without text behind it arrives as `true`, which its author never wrote. */
function givenText(setting: SettingDefinition, { input, source }: GivenValue): string {
  return input === true && source.startsWith("--") ? "no value" : quoted(setting, input);
}

function quoted({ secret }: SettingDefinition, value: unknown): string {
  if (secret) return "a value that is not shown";
  // Greedy up to the last @: a password that makes the URL invalid, say by a raw slash, must not show either.
  return shortened((JSON.stringify(value) ?? String(value)).replace(/:\/\/.*@/, `://${MASKED_TEXT}@`));
}

function shortened(text: string): string {
  return text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text;
}
