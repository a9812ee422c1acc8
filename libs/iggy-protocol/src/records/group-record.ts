import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";

/** `[id u32][partitions_count u32][members_count u32][name str8]` */
export interface GroupRecord {
  readonly id: number;
  /** Partitions of the topic. */
  readonly partitionCount: number;
  readonly memberCount: number;
  readonly name: string;
}

export function writeGroupRecord(writer: ByteWriter, group: GroupRecord): void {
  writer.u32(group.id, "group id").u32(group.partitionCount, "partition count");
  writer.u32(group.memberCount, "member count").str8(group.name, "group name");
}

export function readGroupRecord(reader: ByteReader): GroupRecord {
  return {
    id: reader.u32("group id"),
    partitionCount: reader.u32("partition count"),
    memberCount: reader.u32("member count"),
    name: reader.str8("group name"),
  };
}

/** `[id u32][count u32]{[partition u32]}` */
export interface GroupMember {
  /** Number within the group, unrelated to client ids. */
  readonly id: number;
  readonly partitionIds: readonly number[];
}

/** A group record and its members. */
export interface GroupDetails extends GroupRecord {
  readonly members: readonly GroupMember[];
}

export function writeGroupDetails(writer: ByteWriter, group: GroupDetails): void {
  if (group.members.length !== group.memberCount) {
    throw writer.outOfRange(group.members.length, "members", `exactly ${group.memberCount}`);
  }
  writeGroupRecord(writer, group);
  for (const member of group.members) {
    writer.u32(member.id, "member id");
    writePartitionIds(writer, member.partitionIds);
  }
}

export function readGroupDetails(reader: ByteReader): GroupDetails {
  const group = readGroupRecord(reader);
  const members: GroupMember[] = [];
  for (let i = 0; i < group.memberCount; i++) {
    members.push({ id: reader.u32("member id"), partitionIds: readPartitionIds(reader) });
  }
  return { ...group, members };
}

/** `[count u32]{[partition u32]}` */
export function writePartitionIds(writer: ByteWriter, partitionIds: readonly number[]): void {
  writer.u32(partitionIds.length, "partition count");
  for (const partitionId of partitionIds) writer.u32(partitionId, "partition id");
}

export function readPartitionIds(reader: ByteReader): number[] {
  const partitionIds: number[] = [];
  for (let left = reader.u32("partition count"); left > 0; left--)
    partitionIds.push(reader.u32("partition id"));
  return partitionIds;
}
