import {
  COMMANDS,
  globalPermissions,
  type Permissions,
  streamPermissions,
  topicPermissions,
} from "@ims/iggy-protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { FrameClient } from "../spec-support/frame-client.js";
import { createTopic, STREAM, sendRequest, TOPIC } from "../spec-support/messages.js";
import { ALICE, createAlice, only, RunningBrokers, refusal } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

describe("permissions", () => {
  const target = { stream: STREAM, topic: TOPIC };
  const offset = { ...target, consumer: { kind: "consumer", id: 1 }, partitionId: 0 } as const;
  const CALLS = {
    getStats: (client) => client.call(COMMANDS.getStats, undefined),
    getUsers: (client) => client.call(COMMANDS.getUsers, undefined),
    deleteUser: (client) => client.call(COMMANDS.deleteUser, { user: "bert" }),
    getStreams: (client) => client.call(COMMANDS.getStreams, undefined),
    createStream: (client) => client.call(COMMANDS.createStream, { name: "new", options: [] }),
    getStream: (client) => client.call(COMMANDS.getStream, { stream: STREAM }),
    purgeStream: (client) => client.call(COMMANDS.purgeStream, { stream: STREAM }),
    getTopics: (client) => client.call(COMMANDS.getTopics, { stream: STREAM }),
    getTopic: (client) => client.call(COMMANDS.getTopic, target),
    getGroups: (client) => client.call(COMMANDS.getGroups, target),
    createTopic: (client) =>
      client.call(COMMANDS.createTopic, { stream: STREAM, name: "u", partitionCount: 1, options: [] }),
    purgeTopic: (client) => client.call(COMMANDS.purgeTopic, target),
    deleteSegments: (client) =>
      client.call(COMMANDS.deleteSegments, { ...target, partitionId: 0, segmentCount: 1 }),
    send: (client) => client.call(COMMANDS.sendMessages, sendRequest(["m"])),
    poll: (client) =>
      client.call(COMMANDS.pollMessages, {
        ...offset,
        strategy: { kind: "first" },
        count: 1,
        autoCommit: false,
      }),
    storeOffset: (client) => client.call(COMMANDS.storeOffset, { ...offset, offset: 0n, ack: "quorum" }),
  } as const satisfies Record<string, (client: FrameClient) => Promise<unknown>>;
  type Call = keyof typeof CALLS;
  const RESULT_FRAMED = new Set<Call>([
    "deleteUser",
    "createStream",
    "purgeStream",
    "createTopic",
    "purgeTopic",
    "deleteSegments",
  ]);

  it.each<[string, Permissions, Call[]]>([
    ["nothing", only(), []],
    ["reading servers", only(globalPermissions("readServers")), ["getStats"]],
    ["managing users", only(globalPermissions("manageUsers")), ["getUsers", "deleteUser"]],
    [
      "reading streams",
      only(globalPermissions("readStreams")),
      ["getStreams", "getStream", "getTopics", "getTopic", "getGroups", "poll", "storeOffset"],
    ],
    ["sending anywhere", only(globalPermissions("sendMessages")), ["send"]],
    ["polling anywhere", only(globalPermissions("pollMessages")), ["poll", "storeOffset"]],
    [
      "managing topics of the stream",
      only(globalPermissions(), streamPermissions(0, ["manageTopics"])),
      [
        "getTopics",
        "getTopic",
        "getGroups",
        "createTopic",
        "purgeTopic",
        "deleteSegments",
        "send",
        "poll",
        "storeOffset",
      ],
    ],
    [
      "reading the topic",
      only(globalPermissions(), streamPermissions(0, [], [topicPermissions(0, ["readTopic"])])),
      ["getTopic", "getGroups", "poll", "storeOffset"],
    ],
    [
      "sending to the topic",
      only(globalPermissions(), streamPermissions(0, [], [topicPermissions(0, ["sendMessages"])])),
      ["send"],
    ],
    [
      "managing another stream and another topic",
      only(
        globalPermissions(),
        streamPermissions(1, ["manageStream"], [topicPermissions(0, ["manageTopic"])]),
        streamPermissions(0, [], [topicPermissions(1, ["manageTopic"])]),
      ),
      [],
    ],
  ])("of %s allow that and refuse the rest", async (_name, permissions, allowed) => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createTopic(admin);
    await admin.call(COMMANDS.sendMessages, sendRequest(["m"]));
    await createAlice(admin, permissions);
    await admin.call(COMMANDS.createUser, {
      username: "bert",
      password: "secret",
      status: "active",
      permissions: null,
      options: [],
    });
    const client = await running.login(broker, ALICE);
    // Those that take messages away come last.
    const order = (Object.keys(CALLS) as Call[]).sort(
      (left, right) => Number(left.startsWith("purge")) - Number(right.startsWith("purge")),
    );
    for (const call of order) {
      const expected = allowed.includes(call) ? "ok" : `${RESULT_FRAMED.has(call) ? "result" : "status"} 41`;
      expect([call, await refusal(CALLS[call](client))]).toEqual([call, expected]);
    }
  });

  it("change for open connections at once, and existence is told before them", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    const user = await createAlice(admin);
    const client = await running.login(broker, ALICE);
    expect(await refusal(client.call(COMMANDS.createStream, { name: "x", options: [] }))).toBe("result 41");
    expect(await refusal(client.call(COMMANDS.deleteStream, { stream: "x" }))).toBe("result 1009");
    const permissions = only(globalPermissions("manageStreams"));
    await admin.call(COMMANDS.updatePermissions, { user, permissions });
    expect(await refusal(client.call(COMMANDS.createStream, { name: "x", options: [] }))).toBe("ok");
    await admin.call(COMMANDS.updatePermissions, { user, permissions: null });
    expect(await refusal(client.call(COMMANDS.deleteStream, { stream: "x" }))).toBe("result 41");
  });

  it("end with the stream or topic that they are for: its id may be given again", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createTopic(admin);
    const onTopic = streamPermissions(0, [], [topicPermissions(0, ["readTopic"])]);
    await createAlice(admin, only(globalPermissions(), onTopic));
    const client = await running.login(broker, ALICE);
    await admin.call(COMMANDS.deleteTopic, target);
    await admin.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options: [] });
    expect(await refusal(CALLS.getTopic(client))).toBe("status 41");
    await admin.call(COMMANDS.updatePermissions, {
      user: "alice",
      permissions: only(globalPermissions(), streamPermissions(0, ["readStream"])),
    });
    expect(await refusal(CALLS.getTopic(client))).toBe("ok");
    await admin.call(COMMANDS.deleteStream, { stream: STREAM });
    await createTopic(admin);
    expect(await refusal(CALLS.getTopic(client))).toBe("status 41");
  });
});
