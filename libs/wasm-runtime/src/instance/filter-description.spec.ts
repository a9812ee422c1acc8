import { readFileSync } from "node:fs";
import { isImsError } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDescription } from "./filter-description.js";
import { resolveParameters } from "./parameter-values.js";

const read = (value: unknown) => readDescription(new TextEncoder().encode(JSON.stringify(value)));
const bad = expect.objectContaining({ code: "wasm.bad-description" });
const badParameter = expect.objectContaining({ code: "wasm.bad-parameter" });

const whole = {
  name: "strike-above",
  version: "1.0.0",
  templates: [217],
  parameters: [
    { name: "strike", type: "number", default: "85", doc: "the lowest strike that passes" },
    { name: "underlying", type: "text" },
  ],
  stateVersion: 1,
};

describe("readDescription", () => {
  it("reads all of it, and leaves out what it does not know", () => {
    expect(read({ ...whole, author: "somebody" })).toEqual({
      ...whole,
      parameters: [whole.parameters[0], { name: "underlying", type: "text", doc: "" }],
    });
    expect(read({ name: "a" })).toEqual({
      name: "a",
      version: "0",
      templates: [],
      parameters: [],
      stateVersion: undefined,
    });
  });

  it.each<[string, object]>([
    ["a name with capitals", { name: "Strike" }],
    ["a long name", { name: "a".repeat(65) }],
    ["a template beyond 16 bits", { templates: [65_536] }],
    ["templates that are no list", { templates: 217 }],
    [
      "33 parameters",
      { parameters: Array.from({ length: 33 }, (_, n) => ({ name: `p${n}`, type: "text" })) },
    ],
    ["a parameter twice", { parameters: [whole.parameters[1], whole.parameters[1]] }],
    ["a parameter of another type", { parameters: [{ name: "a", type: "boolean" }] }],
    ["a default that is no number", { parameters: [{ name: "a", type: "number", default: "many" }] }],
    ["a default that is no text", { parameters: [{ name: "a", type: "number", default: 85 }] }],
    ["a version of the state that is none", { stateVersion: -1 }],
    ["a long version", { version: "1".repeat(65) }],
  ])("refuses %s", (_, change) => {
    expect(() => read({ ...whole, ...change })).toThrow(bad);
  });

  it("refuses octets that are not UTF-8, and what is no object", () => {
    expect(() => readDescription(Uint8Array.from([0x22, 0xff, 0x22]))).toThrow(bad);
    for (const value of [null, [], 1, "a"]) expect(() => read(value)).toThrow(bad);
  });

  it("reads the example of the documentation", () => {
    const page = readFileSync(new URL("../../../../docs/formats/wasm-abi.md", import.meta.url), "utf8");
    const [, example] = /```json\n(.*?)```/s.exec(page)!;
    expect(readDescription(new TextEncoder().encode(example))).toMatchObject({
      name: "strike-above",
      parameters: [{ name: "strike", default: "85" }],
    });
  });

  it("has an error with a name for any JSON", () => {
    const keys = fc.constantFrom("name", "version", "templates", "parameters", "stateVersion");
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue())), (value) => {
        try {
          read(value);
        } catch (error) {
          if (!isImsError(error, "wasm.bad-description")) throw error;
        }
      }),
    );
  });
});

describe("resolveParameters", () => {
  const description = read(whole);

  it("gives exact numbers, texts and defaults by their place", () => {
    expect(resolveParameters(description, { underlying: "BTC" })).toEqual([
      { index: 0, name: "strike", mantissa: 85n, scale: 0 },
      { index: 1, name: "underlying", text: "BTC" },
    ]);
    expect(resolveParameters(description, { strike: "-0.125", underlying: "" })[0]).toMatchObject({
      mantissa: -125n,
      scale: 3,
    });
  });

  it("refuses what is missing, unknown, too long or not of its type", () => {
    expect(() => resolveParameters(description, {})).toThrow(badParameter);
    expect(() => resolveParameters(description, { underlying: "x", strik: "1" })).toThrow(
      /did you mean "strike"/,
    );
    expect(() => resolveParameters(description, { underlying: "x".repeat(4097) })).toThrow(badParameter);
    expect(() => resolveParameters(description, { underlying: "x", strike: "1e30" })).toThrow(badParameter);
  });
});
