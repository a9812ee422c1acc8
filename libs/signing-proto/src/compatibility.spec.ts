import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { protoContract } from "@ims/grpc-proto";
import { expect, it } from "vitest";

const path = (name: string) => fileURLToPath(new URL(`../proto/${name}`, import.meta.url));

it("keeps every name, number and type that was published, and publishes what is new", () => {
  const published = JSON.parse(readFileSync(path("signing.published.json"), "utf8"));
  const current = protoContract(path("signing.proto"));
  expect(current).toMatchObject(published);
  expect(Object.keys(current).filter((name) => !(name in published))).toEqual([]);
});
