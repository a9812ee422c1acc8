import { FieldKind, option } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { parseBytesText, parseDurationText } from "./option-text.js";
import { canonicalOptions, topicSettings } from "./topic-settings.js";

describe("topic settings", () => {
  it.each([
    [[option("enforce_fsync", FieldKind.Bool, true)], "always", "always"],
    [[option("durability", FieldKind.Text, "persisted")], "always", "interval"],
    [[option("consumer_offset_durability", FieldKind.Text, "persisted")], "interval", "always"],
    [[option("durability", FieldKind.Text, "none")], "none", "interval"],
    [[option("consumer_offset_durability", FieldKind.Text, "None")], "interval", "none"],
    [
      [option("durability", FieldKind.Text, "none"), option("enforce_fsync", FieldKind.Bool, true)],
      "always",
      "always",
    ],
    [
      [
        option("durability", FieldKind.Text, "replicated"),
        option("consumer_offset_durability", FieldKind.Text, "replicated"),
      ],
      "interval",
      "interval",
    ],
    [[], "interval", "interval"],
  ])("read the durability of both dialects: %j", (options, messageSync, offsetSync) => {
    expect(topicSettings(canonicalOptions(options, 1))).toMatchObject({ messageSync, offsetSync });
  });

  it.each([
    [option("durability", FieldKind.Text, "maybe"), 4042],
    [option("enforce_fsync", FieldKind.U32, 1), 4042],
    [option("unknown", FieldKind.Text, "x"), 4041],
    [option("max_topic_size", FieldKind.U64, 1000n), 1019],
  ])("refuse %j with %i", (refused, code) => {
    expect(() => canonicalOptions([refused], 1)).toThrow(
      expect.objectContaining({ channel: "status", code }),
    );
  });

  it.each([
    ["7 days", 604_800_000_000n],
    ["1m 30s", 90_000_000n],
    ["500ms", 500_000n],
    ["none", 0n],
    ["7 dogs", undefined],
    ["", undefined],
    ["-1 s", undefined],
  ])("read the duration %j", (text, micros) => {
    expect(parseDurationText(text)).toBe(micros);
  });

  it.each([
    ["2 GiB", 2n ** 31n],
    ["1kb", 1000n],
    ["512", 512n],
    ["unlimited", 0n],
    ["1 potato", undefined],
    ["1.5 GiB", undefined],
  ])("read the size %j", (text, bytes) => {
    expect(parseBytesText(text)).toBe(bytes);
  });
});
