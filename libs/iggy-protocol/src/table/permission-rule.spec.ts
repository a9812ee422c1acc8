import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  GLOBAL_PERMISSIONS,
  globalPermissions,
  STREAM_PERMISSIONS,
  streamPermissions,
  TOPIC_PERMISSIONS,
  topicPermissions,
} from "../primitives/permissions.js";
import { PERMISSION_RULES, type PermissionRule, permits } from "./permission-rule.js";

const RULES = Object.keys(PERMISSION_RULES) as PermissionRule[];
const place = { streamId: 3, topicId: 7 };

describe("permits", () => {
  it("needs nothing where the rule asks for no right, and a right everywhere else", () => {
    expect(RULES.filter((rule) => permits(rule, null, place))).toEqual(["anyone", "user"]);
  });

  it("takes a right from the level and the object it was given for", () => {
    const user = {
      global: globalPermissions(),
      streams: [
        streamPermissions(3, ["readStream"], [topicPermissions(7, ["sendMessages"])]),
        streamPermissions(4, ["manageStream"]),
      ],
    };
    expect(RULES.filter((rule) => permits(rule, user, place))).toEqual([
      "anyone",
      "user",
      "readStream",
      "readTopics",
      "readTopic",
      "pollMessages",
      "sendMessages",
    ]);
    expect(permits("sendMessages", user, { streamId: 3, topicId: 8 })).toBe(false);
    expect(permits("sendMessages", user, { streamId: 4, topicId: 8 })).toBe(true);
    expect(permits("readStream", user, { streamId: 5 })).toBe(false);
    expect(permits("readStreams", user)).toBe(false);
  });

  it("lets a user read itself and change its own password, not others", () => {
    const nobody = { global: globalPermissions(), streams: [] };
    expect(RULES.filter((rule) => permits(rule, nobody, { own: true }))).toEqual([
      "anyone",
      "user",
      "readUser",
      "manageUser",
    ]);
  });

  it("never takes a right away for one that is added", () => {
    const subset = <T extends string>(all: readonly T[]) => fc.subarray([...all]);
    const user = fc
      .record({
        global: subset(GLOBAL_PERMISSIONS),
        stream: subset(STREAM_PERMISSIONS),
        topic: subset(TOPIC_PERMISSIONS),
      })
      .map(({ global, stream, topic }) => ({ global, stream, topic }));
    const build = ({ global, stream, topic }: { global: string[]; stream: string[]; topic: string[] }) => ({
      global: globalPermissions(...(global as never[])),
      streams: [streamPermissions(3, stream as never[], [topicPermissions(7, topic as never[])])],
    });
    fc.assert(
      fc.property(user, user, fc.constantFrom(...RULES), (one, other, rule) => {
        const both = build({
          global: [...one.global, ...other.global],
          stream: [...one.stream, ...other.stream],
          topic: [...one.topic, ...other.topic],
        });
        expect(permits(rule, both, place)).toBe(
          permits(rule, build(one), place) || permits(rule, build(other), place),
        );
      }),
    );
  });
});
