import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";

const NOT_LOGGED_IN = 0xffff_ffff;

export interface GroupMembership {
  readonly streamId: number;
  readonly topicId: number;
  readonly groupId: number;
}

/**
 * `[client_id u32][user_id u32][transport u8][address str32][consumer_groups_count u32]`, then per group
 * `[stream_id u32][topic_id u32][group_id u32]`.
 */
export interface ClientDetails {
  /** The server's connection number, unrelated to the 128-bit client id. */
  readonly clientId: number;
  /** `null` = not logged in. */
  readonly userId: number | null;
  /** 1 TCP, 2 QUIC, 4 WebSocket. */
  readonly transport: number;
  readonly address: string;
  readonly groups: readonly GroupMembership[];
}

export function writeClientDetails(writer: ByteWriter, client: ClientDetails): void {
  writer.u32(client.clientId, "client id").u32(client.userId ?? NOT_LOGGED_IN, "user id");
  writer
    .u8(client.transport, "transport")
    .str32(client.address, "address")
    .u32(client.groups.length, "group count");
  for (const group of client.groups) {
    writer.u32(group.streamId, "stream id").u32(group.topicId, "topic id").u32(group.groupId, "group id");
  }
}

export function readClientDetails(reader: ByteReader): ClientDetails {
  const clientId = reader.u32("client id");
  const userId = reader.u32("user id");
  const transport = reader.u8("transport");
  const address = reader.str32("address");
  const count = reader.u32("group count");
  const groups: GroupMembership[] = [];
  for (let i = 0; i < count; i++) {
    groups.push({
      streamId: reader.u32("stream id"),
      topicId: reader.u32("topic id"),
      groupId: reader.u32("group id"),
    });
  }
  return { clientId, userId: userId === NOT_LOGGED_IN ? null : userId, transport, address, groups };
}
