export type JsonObject = Readonly<Record<string, unknown>>;

/** The value if it is a JSON object, not an array and not null. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
