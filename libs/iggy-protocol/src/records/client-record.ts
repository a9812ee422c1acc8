import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";

const NOT_LOGGED_IN = 0xffff_ffff;

export interface GroupMembership {
  readonly streamId: number;
  readonly topicId: number;
  readonly groupId: number;
}

/** One connection of the server: `[client_id u32][user_id u32][transport u8][address str32]`. */
export interface ClientConnection {
  /** The server's connection number, unrelated to the 128-bit client id. */
  readonly clientId: number;
  /** `null` = not logged in. */
  readonly userId: number | null;
  /** 1 TCP, 2 QUIC, 4 WebSocket. */
  readonly transport: number;
  readonly address: string;
}

/** A connection and `[consumer_groups_count u32]`, as lists have it. */
export interface ClientRecord extends ClientConnection {
  readonly groupCount: number;
}

/** A connection, the count and per group `[stream_id u32][topic_id u32][group_id u32]`. */
export interface ClientDetails extends ClientConnection {
  readonly groups: readonly GroupMembership[];
}

export function writeClientRecord(writer: ByteWriter, client: ClientRecord): void {
  writer.u32(client.clientId, "client id").u32(client.userId ?? NOT_LOGGED_IN, "user id");
  writer.u8(client.transport, "transport").str32(client.address, "address");
  writer.u32(client.groupCount, "group count");
}

export function readClientRecord(reader: ByteReader): ClientRecord {
  const clientId = reader.u32("client id");
  const userId = reader.u32("user id");
  return {
    clientId,
    userId: userId === NOT_LOGGED_IN ? null : userId,
    transport: reader.u8("transport"),
    address: reader.str32("address"),
    groupCount: reader.u32("group count"),
  };
}

export function writeClientDetails(writer: ByteWriter, client: ClientDetails): void {
  writeClientRecord(writer, { ...client, groupCount: client.groups.length });
  for (const group of client.groups) {
    writer.u32(group.streamId, "stream id").u32(group.topicId, "topic id").u32(group.groupId, "group id");
  }
}

export function readClientDetails(reader: ByteReader): ClientDetails {
  const { groupCount, ...connection } = readClientRecord(reader);
  const groups: GroupMembership[] = [];
  for (let i = 0; i < groupCount; i++) {
    groups.push({
      streamId: reader.u32("stream id"),
      topicId: reader.u32("topic id"),
      groupId: reader.u32("group id"),
    });
  }
  return { ...connection, groups };
}
