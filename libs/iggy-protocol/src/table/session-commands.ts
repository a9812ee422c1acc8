import { login } from "../commands/login.js";
import { logout } from "../commands/logout.js";
import { ping } from "../commands/ping.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

export const SESSION_COMMANDS = {
  ping: read("system.ping", 1, ping, { permission: "anyone" }),
  logout: write("session.logout", 39, Operation.Logout, logout, {
    permission: "anyone",
    retry: "repeatable",
  }),
  login: write("session.login", 40, Operation.Register, login, {
    permission: "anyone",
    retry: "repeatable",
    request:
      "[protocol_version u32][sdk_name name][sdk_version name] [username name][password name] or [token name] [context_len u32][context]",
    reply: "[user_id u32][session u64][server_protocol_version u32][server_version str8]",
  }),
} as const;
