import { COMMANDS, type Permissions } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import type { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

const STREAM = { id: 1, createdAtMicros: 5, topicCount: 0, sizeBytes: 0, messageCount: 0, name: "s", options: [] };
const TOPIC = {
  id: 2,
  createdAtMicros: 6,
  partitionCount: 0,
  messageExpiryMicros: 2n ** 64n - 1n,
  compressionAlgorithm: "none",
  maxTopicBytes: 2n ** 64n - 1n,
  sizeBytes: 0,
  messageCount: 0,
  name: "t",
  options: [],
  derivedOptions: [],
};
const GROUP = { id: 0, partitionCount: 3, memberCount: 0, name: "g" };
const PERMISSIONS: Permissions = {
  manageServers: false,
  readServers: true,
  manageUsers: false,
  readUsers: false,
  manageStreams: false,
  readStreams: false,
  manageTopics: false,
  readTopics: false,
  pollMessages: true,
  sendMessages: false,
  streams: new Map(),
} as unknown as Permissions;
const USER = { id: 3, createdAtMicros: 7, status: "active", username: "alice", options: [] };
const CLIENT = { clientId: 9, userId: 0, transport: 1, address: "127.0.0.1:1", groups: [] };
const CONNECTION = { clientId: 9, userId: 0, transport: 1, address: "127.0.0.1:1", groupCount: 0 };

interface Case {
  readonly command: keyof typeof COMMANDS;
  readonly call: (client: IggyClient) => Promise<unknown>;
  /** What the server must read. */
  readonly request: unknown;
  /** What it answers, and, if `result` is absent, what the call gives. */
  readonly reply?: unknown;
  readonly result?: unknown;
}

const PLACE = { stream: "s", topic: 2 };

const CASES: Record<string, Case> = {
  "streams.create": {
    command: "createStream",
    call: (c) => c.streams.create("s"),
    request: { name: "s", options: [] },
    reply: { ...STREAM, topics: [] },
  },
};
