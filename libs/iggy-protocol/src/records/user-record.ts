import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Option, readSizedOptions, writeSizedOptions } from "../primitives/options.js";
import {
  type Permissions,
  readOptionalPermissions,
  writeOptionalPermissions,
} from "../primitives/permissions.js";

/** 1 active, 2 inactive (may not log in). Some servers store any byte: what has no name stays a number. */
export type UserStatus = "active" | "inactive" | number;

export function writeUserStatus(writer: ByteWriter, status: UserStatus): void {
  writer.u8(typeof status === "number" ? status : status === "active" ? 1 : 2, "user status");
}

export function readUserStatus(reader: ByteReader): UserStatus {
  const code = reader.u8("user status");
  return code === 1 ? "active" : code === 2 ? "inactive" : code;
}

/** `[id u32][created_at u64][status u8][username str8][options len u32][options]` */
export interface UserRecord {
  /** 0 = root. */
  readonly id: number;
  readonly createdAtMicros: number;
  readonly status: UserStatus;
  readonly username: string;
  readonly options: readonly Option[];
}

export function writeUserRecord(writer: ByteWriter, user: UserRecord): void {
  writer.u32(user.id, "user id").u64(user.createdAtMicros, "created at");
  writeUserStatus(writer, user.status);
  writer.str8(user.username, "username");
  writeSizedOptions(writer, user.options);
}

export function readUserRecord(reader: ByteReader): UserRecord {
  return {
    id: reader.u32("user id"),
    createdAtMicros: reader.u64Number("created at"),
    status: readUserStatus(reader),
    username: reader.str8("username"),
    options: readSizedOptions(reader),
  };
}

/** A user record and the permissions; `null` = none at all. */
export interface UserDetails extends UserRecord {
  readonly permissions: Permissions | null;
}

/** Zero bytes that a server writes behind the flag of absent permissions. */
const ABSENT_TAIL_BYTES = 3;

/** User record and `01 [len u32][permissions]`, or four zero bytes for a user without permissions. */
export function writeUserDetails(writer: ByteWriter, user: UserDetails): void {
  writeUserRecord(writer, user);
  writeOptionalPermissions(writer, user.permissions);
  if (user.permissions === null) writer.raw(new Uint8Array(ABSENT_TAIL_BYTES));
}

export function readUserDetails(reader: ByteReader): UserDetails {
  const user = readUserRecord(reader);
  const permissions = readOptionalPermissions(reader);
  if (
    permissions === null &&
    reader.raw(ABSENT_TAIL_BYTES, "absent permissions").some((byte) => byte !== 0)
  ) {
    throw reader.invalid("permissions flag", "0 is not followed by three zero bytes", reader.position - 4);
  }
  return { ...user, permissions };
}
