import { describe, expect, it } from "vitest";
import { COMMANDS, commandByCode, commandOf, LOGIN_CODES, REPLICATED_CODES } from "./command-table.js";
import { createStream } from "./commands/create-stream.js";
import { ping } from "./commands/ping.js";
import { Operation } from "./frame/operation.js";
import { TOPIC_OPTION_KEYS, topicOptions } from "./primitives/topic-options.js";
import {
  DIALECT_0_11,
  EDGE_VARIANT,
  protocolDialect,
  RELEASE_VARIANT,
  variantOfCatalog,
} from "./protocol-dialect.js";
import { read, write } from "./table/command.js";
import { CommandIndex, describeDialect } from "./table/dialect.js";

const rows = Object.values(COMMANDS);

describe("the command table", () => {
  it("names every command, code and operation once", () => {
    const unique = (values: readonly unknown[]) => expect(new Set(values).size).toBe(values.length);
    unique(rows.map(({ name }) => name));
    unique([...rows, ...LOGIN_CODES, ...RELEASE_VARIANT.clusterReads].map(({ code }) => code));
    unique(
      rows.map(({ operation }) => operation).filter((operation) => operation !== Operation.NonReplicated),
    );
  });

  it("finds commands by header and by code", () => {
    expect(commandOf({ operation: Operation.NonReplicated, code: 606 })).toBe(COMMANDS.syncGroup);
    expect(commandOf({ operation: Operation.JoinConsumerGroup, code: 0 })).toBe(COMMANDS.joinGroup);
    expect(commandOf({ operation: Operation.CreateTopicWithAssignments, code: 0 })).toBeUndefined();
    expect(commandByCode(503)).toBe(COMMANDS.deleteSegments);
    for (const { code } of [...LOGIN_CODES, ...RELEASE_VARIANT.clusterReads])
      expect(commandByCode(code)).toBeUndefined();
  });

  it("gives the codes that servers refuse as reads", () => {
    expect([...REPLICATED_CODES].sort((a, b) => a - b)).toEqual([
      33, 34, 35, 36, 37, 42, 43, 101, 121, 122, 202, 203, 204, 205, 302, 303, 304, 305, 402, 403, 503, 602,
      603, 604, 605,
    ]);
  });

  it("asks for a session everywhere but to ping, log in and log out, and reads are reads", () => {
    expect(rows.filter(({ needsSession }) => !needsSession).map(({ name }) => name)).toEqual([
      "system.ping",
      "session.logout",
      "session.login",
    ]);
    for (const { operation, retry } of rows)
      expect(retry === "read").toBe(operation === Operation.NonReplicated);
  });
});

describe("protocolDialect", () => {
  it("knows every patch of 0.11 and nothing else", () => {
    expect(protocolDialect(11 << 10)).toBe(DIALECT_0_11);
    expect(protocolDialect((11 << 10) + 7)).toBe(DIALECT_0_11);
    for (const version of [0, 10 << 10, 12 << 10, (1 << 20) + (11 << 10)])
      expect(protocolDialect(version)).toBeUndefined();
  });

  it("tells the variants by their option catalogs", () => {
    const keysOf = (names: typeof EDGE_VARIANT.topicOptions) =>
      names.map((name) => TOPIC_OPTION_KEYS[name].key);
    expect(variantOfCatalog(keysOf(EDGE_VARIANT.topicOptions))).toBe(EDGE_VARIANT);
    expect(variantOfCatalog(keysOf(RELEASE_VARIANT.topicOptions))).toBe(RELEASE_VARIANT);
    expect(new Set([...EDGE_VARIANT.topicOptions, ...RELEASE_VARIANT.topicOptions])).toEqual(
      new Set(Object.keys(TOPIC_OPTION_KEYS)),
    );
  });

  it("encodes the settings of either variant", () => {
    expect(topicOptions({ enforceFsync: true, durability: "persisted" }).map(({ key }) => key)).toEqual([
      "enforce_fsync",
      "durability",
    ]);
  });
});

describe("describeDialect", () => {
  const later = describeDialect(DIALECT_0_11, {
    name: "0.12",
    version: 12 << 10,
    retired: ["flushUnsavedBuffer", "purgeStream", "purgeTopic"],
    changed: {
      createStream: write("stream.create", 202, Operation.CreateStream, createStream, { permission: "user" }),
      bindSession: read("session.bind", 15, ping, { permission: "user" }),
    },
  });

  it("keeps what did not change, takes what did, and forgets what is gone", () => {
    expect(later.commands.getStream).toBe(COMMANDS.getStream);
    expect(later.commands.createStream.permission).toBe("user");
    expect(Object.keys(later.commands)).toHaveLength(Object.keys(COMMANDS).length - 3 + 1);
    const index = new CommandIndex(Object.values(later.commands));
    expect(index.byCode(102)).toBeUndefined();
    expect(index.byCode(15)).toBe(later.commands.bindSession);
    expect(index.commandOf({ operation: Operation.CreateStream, code: 0 })).toBe(later.commands.createStream);
    expect(index.replicatedCodes.has(205)).toBe(false);
    expect(later.variants).toBe(DIALECT_0_11.variants);
  });

  it("leaves the older one alone", () => {
    expect(DIALECT_0_11.commands.createStream.permission).toBe("createStreams");
    expect(commandByCode(102)).toBe(COMMANDS.flushUnsavedBuffer);
  });
});
