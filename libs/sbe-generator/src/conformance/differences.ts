/**
 * Places at which `found` differs from `expected`, as sentences; at most `max` of them. Members that are undefined
 * count as left out.
 */
export function differences(expected: unknown, found: unknown, max = 5, path = ""): readonly string[] {
  if (Object.is(expected, found)) return [];
  if (!isContainer(expected) || !isContainer(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return [`${path || "value"}: expected ${text(expected)}, found ${text(found)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const all: string[] = [];
  for (const key of keys) {
    if (all.length >= max) break;
    const own = (value: Record<string, unknown>) => (Object.hasOwn(value, key) ? value[key] : undefined);
    all.push(
      ...differences(own(expected), own(found), max - all.length, path === "" ? key : `${path}.${key}`),
    );
  }
  return all;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
