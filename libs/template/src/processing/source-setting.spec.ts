import { defineSettings, loadSettings } from "@ims/common";
import { describe, expect, it } from "vitest";
import { sourcesSetting } from "./source-setting.js";

const SETTINGS = defineSettings({
  sources: { schema: sourcesSetting(), env: "SOURCES", flag: "sources", description: "topics" },
});
const read = (text: string) => loadSettings(SETTINGS, { env: { SOURCES: text } }).values.sources;

describe("a setting of sources", () => {
  it("takes topics with and without an output of their own", () => {
    expect(read("a-market-data/trades, b/trades=mine")).toEqual([
      { stream: "a-market-data", topic: "trades" },
      { stream: "b", topic: "trades", outputTopic: "mine" },
    ]);
  });

  it.each([
    ["trades", /"trades" is neither stream\/topic nor stream\/topic=output/],
    ["a/b=", /is neither/],
    ["a/x=one,b/y=one", /two sources have one output topic/],
    ["a/b,a/b", /two sources have one output topic/],
  ])("refuses %s", (text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });
});
