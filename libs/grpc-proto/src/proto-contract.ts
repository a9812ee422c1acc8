import { loadSync } from "@grpc/proto-loader";

interface Described {
  /** Of an enum that stands by itself. */
  readonly value?: readonly { name: string; number: number }[];
  readonly field?: readonly { name: string; number: number; type: string; label: string }[];
  readonly enumType?: readonly { name: string; value: readonly { name: string; number: number }[] }[];
}

/**
 * Everything by which readers and writers of other versions of a `.proto` file understand one another, as flat texts:
 * to be compared with what was published.
 */
export function protoContract(path: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const [name, definition] of Object.entries(loadSync(path, { keepCase: true }))) {
    if (!("format" in definition)) {
      for (const [method, { path, requestStream, responseStream }] of Object.entries(definition)) {
        entries[`${name}/${method}`] =
          `${path} ${requestStream ? "many" : "one"} ${responseStream ? "many" : "one"}`;
      }
      continue;
    }
    const { value: ownValues = [], field = [], enumType = [] } = definition.type as Described;
    for (const { name: key, number } of ownValues) entries[`${name}.${key}`] = String(number);
    for (const { name: key, number, type, label } of field)
      entries[`${name}.${key}`] = `${number} ${type} ${label}`;
    for (const { name: kind, value } of enumType) {
      for (const { name: key, number } of value) entries[`${name}.${kind}.${key}`] = String(number);
    }
  }
  return entries;
}
