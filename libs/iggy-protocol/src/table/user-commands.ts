import { changePassword } from "../commands/change-password.js";
import { createToken } from "../commands/create-token.js";
import { createUser } from "../commands/create-user.js";
import { deleteToken } from "../commands/delete-token.js";
import { deleteUser } from "../commands/delete-user.js";
import { getTokens } from "../commands/get-tokens.js";
import { getUser } from "../commands/get-user.js";
import { getUsers } from "../commands/get-users.js";
import { updatePermissions } from "../commands/update-permissions.js";
import { updateUser } from "../commands/update-user.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

const PERMISSIONS = "[has u8]([len u32][permissions])";

export const USER_COMMANDS = {
  getUser: read("user.get", 31, getUser, {
    permission: "readUser",
    request: "[user]",
    reply: "user record, permissions; empty when missing",
  }),
  getUsers: read("user.list", 32, getUsers, { permission: "readUsers", reply: "{user record}" }),
  createUser: write("user.create", 33, Operation.CreateUser, createUser, {
    permission: "manageUsers",
    request: `[username name][password str8][status u8]${PERMISSIONS}[options]`,
    reply: "user record, permissions",
    refusals: [
      IggyErrorCode.InvalidUsername,
      IggyErrorCode.UserAlreadyExists,
      IggyErrorCode.UnsupportedOptionKey,
      IggyErrorCode.InvalidOptionValue,
    ],
  }),
  deleteUser: write("user.delete", 34, Operation.DeleteUser, deleteUser, {
    permission: "manageUsers",
    request: "[user]",
    refusals: [IggyErrorCode.ResourceNotFound, IggyErrorCode.CannotDeleteUser],
  }),
  updateUser: write("user.update", 35, Operation.UpdateUser, updateUser, {
    permission: "manageUsers",
    request: "[user][has u8]([username name])[has u8]([status u8])[options]",
    refusals: [
      IggyErrorCode.ResourceNotFound,
      IggyErrorCode.InvalidUsername,
      IggyErrorCode.UserAlreadyExists,
      IggyErrorCode.UnsupportedOptionKey,
    ],
  }),
  updatePermissions: write("user.permissions", 36, Operation.UpdatePermissions, updatePermissions, {
    permission: "manageUsers",
    request: `[user]${PERMISSIONS}`,
    refusals: [IggyErrorCode.ResourceNotFound, IggyErrorCode.CannotChangePermissions],
  }),
  changePassword: write("user.password", 37, Operation.ChangePassword, changePassword, {
    permission: "manageUser",
    request: "[user][current str8][new str8]",
    refusals: [IggyErrorCode.ResourceNotFound, IggyErrorCode.InvalidCredentials],
  }),
  getTokens: read("token.list", 41, getTokens, {
    permission: "user",
    reply: "{[name str8][expiry_at u64]}",
  }),
  createToken: write("token.create", 42, Operation.CreatePersonalAccessToken, createToken, {
    permission: "user",
    request: "[name][lifetime u64]",
    reply: "[token str8]",
    refusals: [
      IggyErrorCode.PersonalAccessTokenAlreadyExists,
      IggyErrorCode.PersonalAccessTokensLimitReached,
      IggyErrorCode.InvalidPersonalAccessTokenExpiry,
    ],
  }),
  deleteToken: write("token.delete", 43, Operation.DeletePersonalAccessToken, deleteToken, {
    permission: "user",
    request: "[name]",
    refusals: [IggyErrorCode.ResourceNotFound],
  }),
} as const;
