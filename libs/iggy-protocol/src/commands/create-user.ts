import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import {
  type Permissions,
  readOptionalPermissions,
  writeOptionalPermissions,
} from "../primitives/permissions.js";
import {
  readUserDetails,
  readUserStatus,
  type UserDetails,
  type UserStatus,
  writeUserDetails,
  writeUserStatus,
} from "../records/user-record.js";
import { commandCodec } from "./command-codec.js";
import { checkUserStatus, PASSWORD_BYTES, USERNAME_BYTES } from "./request-rules.js";

export interface CreateUserRequest {
  readonly username: string;
  readonly password: string;
  readonly status: UserStatus;
  /** `null` = may do nothing but what every user may. */
  readonly permissions: Permissions | null;
  /** The catalog of user options is empty in 0.11: any key is refused with 4041. */
  readonly options: readonly Option[];
}

/** `[username name][password str8][status u8][permissions, see writeOptionalPermissions][options to the end]` → user details. */
export const createUser = commandCodec<CreateUserRequest, UserDetails>("create user", {
  writeRequest(writer, request) {
    writer.name(request.username, "username").str8(request.password, "password");
    writeUserStatus(writer, request.status);
    writeOptionalPermissions(writer, request.permissions);
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({
    username: reader.name("username"),
    password: reader.str8("password"),
    status: readUserStatus(reader),
    permissions: readOptionalPermissions(reader),
    options: readOptions(reader),
  }),
  checkRequest(request, rules) {
    rules.textBytes(request.username, "username", USERNAME_BYTES);
    rules.textBytes(request.password, "password", PASSWORD_BYTES);
    checkUserStatus(request.status, rules);
  },
  writeReply: writeUserDetails,
  readReply: readUserDetails,
});
