/**
 * Splits `--name value`, `--name=value`, `--name` (true) and `--no-name` (false) for `loadSettings`, which knows the
 * names. A text that belongs to no flag is kept under its own words, so that it is reported as unknown.
 * The last of several equal flags counts.
 */
export function parseFlags(args: readonly string[]): Record<string, string | boolean> {
  const flags = Object.create(null) as Record<string, string | boolean>;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    const name = argument.replace(/^--/, "");
    const equalsAt = name.indexOf("=");
    if (!argument.startsWith("--")) {
      flags[argument] = true;
    } else if (equalsAt >= 0) {
      flags[name.slice(0, equalsAt)] = name.slice(equalsAt + 1);
    } else if (args[at + 1] !== undefined && !args[at + 1]!.startsWith("--")) {
      flags[name] = args[++at]!;
    } else if (name.startsWith("no-")) {
      flags[name.slice(3)] = false;
    } else {
      flags[name] = true;
    }
  }
  return flags;
}
