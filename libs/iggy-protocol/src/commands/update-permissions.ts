import {
  type Permissions,
  readOptionalPermissions,
  writeOptionalPermissions,
} from "../primitives/permissions.js";
import { commandCodec, noReply } from "./command-codec.js";
import { type UserTarget, userTarget } from "./user-target.js";

export interface UpdatePermissionsRequest extends UserTarget {
  /** Replaces all permissions; `null` takes all away. */
  readonly permissions: Permissions | null;
}

/** `[user][permissions, see writeOptionalPermissions]` → empty; 49 for root. Open connections feel it at once. */
export const updatePermissions = commandCodec<UpdatePermissionsRequest, undefined>("update permissions", {
  writeRequest(writer, request) {
    userTarget.writeRequest(writer, request);
    writeOptionalPermissions(writer, request.permissions);
  },
  readRequest: (reader) => ({
    ...userTarget.readRequest(reader),
    permissions: readOptionalPermissions(reader),
  }),
  ...noReply,
});
