/**
 * One line for each field that is not as expected, and one where either side is missing.
 * @param keys fields that are compared; default: those that were seen, whatever else is expected
 */
export function* differences(
  what: string,
  expected: object | undefined,
  seen: object | undefined,
  keys: readonly string[] = Object.keys(seen ?? {}),
): Generator<string> {
  if (!expected || !seen) {
    yield `${what}: ${expected ? "there is none" : "is not expected"}`;
    return;
  }
  for (const key of keys) {
    const wanted = textOf(expected, key);
    const found = textOf(seen, key);
    if (wanted !== found) yield `${what}: ${key} is ${found ?? "none"}, expected ${wanted ?? "none"}`;
  }
}

function textOf(value: object, key: string): string | undefined {
  return JSON.stringify((value as Readonly<Record<string, unknown>>)[key]);
}
