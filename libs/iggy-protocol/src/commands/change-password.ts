import { commandCodec, noReply } from "./command-codec.js";
import { PASSWORD_BYTES } from "./request-rules.js";
import { type UserTarget, userTarget } from "./user-target.js";

export interface ChangePasswordRequest extends UserTarget {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** `[user][current str8][new str8]` → empty; 42 when the current password is wrong. */
export const changePassword = commandCodec<ChangePasswordRequest, undefined>("change password", {
  writeRequest(writer, request) {
    userTarget.writeRequest(writer, request);
    writer.str8(request.currentPassword, "current password").str8(request.newPassword, "new password");
  },
  readRequest: (reader) => ({
    ...userTarget.readRequest(reader),
    currentPassword: reader.str8("current password"),
    newPassword: reader.str8("new password"),
  }),
  // A server may hold a current password of any length: other clients did not check it.
  checkRequest: (request, rules) => rules.textBytes(request.newPassword, "new password", PASSWORD_BYTES),
  ...noReply,
});
