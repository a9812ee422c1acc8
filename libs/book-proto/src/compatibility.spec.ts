import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadSync } from "@grpc/proto-loader";
import { expect, it } from "vitest";

interface Described {
  readonly field?: readonly { name: string; number: number; type: string; label: string }[];
  readonly enumType?: readonly { name: string; value: readonly { name: string; number: number }[] }[];
}

const path = (name: string) => fileURLToPath(new URL(`../proto/${name}`, import.meta.url));

/** Everything by which readers and writers of other versions understand one another, as flat texts. */
function contract(): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const [name, definition] of Object.entries(loadSync(path("order_books.proto"), { keepCase: true }))) {
    if (!("format" in definition)) {
      for (const [method, { path, requestStream, responseStream }] of Object.entries(definition)) {
        entries[`${name}/${method}`] =
          `${path} ${requestStream ? "many" : "one"} ${responseStream ? "many" : "one"}`;
      }
      continue;
    }
    const { field = [], enumType = [] } = definition.type as Described;
    for (const { name: key, number, type, label } of field)
      entries[`${name}.${key}`] = `${number} ${type} ${label}`;
    for (const { name: kind, value } of enumType) {
      for (const { name: key, number } of value) entries[`${name}.${kind}.${key}`] = String(number);
    }
  }
  return entries;
}

it("keeps every name, number and type that was published, and publishes what is new", () => {
  const published = JSON.parse(readFileSync(path("order_books.published.json"), "utf8"));
  const current = contract();
  expect(current).toMatchObject(published);
  expect(Object.keys(current).filter((name) => !(name in published))).toEqual([]);
});
