import { describeOptions } from "../commands/describe-options.js";
import { getClient } from "../commands/get-client.js";
import { getClients } from "../commands/get-clients.js";
import { getClusterMetadata } from "../commands/get-cluster-metadata.js";
import { getMe } from "../commands/get-me.js";
import { getSnapshot } from "../commands/get-snapshot.js";
import { getStats } from "../commands/get-stats.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { read } from "./command.js";

const CLIENT_DETAILS = "client record {[stream_id u32][topic_id u32][group_id u32]}, empty when missing";

export const SYSTEM_COMMANDS = {
  getStats: read("system.stats", 10, getStats, {
    permission: "readServers",
    reply:
      "18 numbers of process, machine and contents, 5 texts, [semver u32], cache metrics, threads and disk",
  }),
  getSnapshot: read("system.snapshot", 11, getSnapshot, {
    permission: "readServers",
    request: "[compression u8][count u8]{[part u8]}",
    reply: "ZIP archive",
    refusals: [IggyErrorCode.SnapshotFileCompletionFailed],
  }),
  getClusterMetadata: read("system.cluster-metadata", 12, getClusterMetadata, {
    permission: "user",
    reply:
      "[name str32][count u32]{[name str32][ip str32][tcp u16][quic u16][http u16][websocket u16][role u8][status u8]}",
  }),
  describeOptions: read("system.describe-options", 13, describeOptions, {
    permission: "user",
    request: "[scope u8]",
    reply: "[count u32]{[key str8][kind u8][default str32][description str32]}",
  }),
  getMe: read("client.me", 20, getMe, { permission: "user", reply: CLIENT_DETAILS }),
  getClient: read("client.get", 21, getClient, {
    permission: "readServers",
    request: "[client_id u32]",
    reply: CLIENT_DETAILS,
  }),
  getClients: read("client.list", 22, getClients, {
    permission: "readServers",
    reply: "{client record}",
  }),
} as const;
