import { type CodeAlias, type CommandHeader, CommandIndex } from "./table/dialect.js";
import { GROUP_COMMANDS } from "./table/group-commands.js";
import { MESSAGE_COMMANDS } from "./table/message-commands.js";
import { SESSION_COMMANDS } from "./table/session-commands.js";
import { STREAM_COMMANDS } from "./table/stream-commands.js";
import { SYSTEM_COMMANDS } from "./table/system-commands.js";
import { TOPIC_COMMANDS } from "./table/topic-commands.js";
import { USER_COMMANDS } from "./table/user-commands.js";

export { COMMON_REFUSALS, type Command, type RetryClass } from "./table/command.js";

/**
 * Every command of protocol 0.11. Names, codes, operations, permissions, retry classes and the page
 * docs/reference/iggy-commands.md come from these rows and from nowhere else.
 */
export const COMMANDS = {
  ...SESSION_COMMANDS,
  ...SYSTEM_COMMANDS,
  ...USER_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...STREAM_COMMANDS,
  ...TOPIC_COMMANDS,
  ...GROUP_COMMANDS,
} as const;

export type CommandName = keyof typeof COMMANDS;
export type AnyCommand = (typeof COMMANDS)[CommandName];

/** Logins by other codes: 45 is a shape of the login body, 38 and 44 belong to older protocols. */
export const LOGIN_CODES: readonly CodeAlias[] = [
  { code: 38, name: "session.legacy-login", meaning: "older protocols; answered with eviction 15" },
  { code: 44, name: "session.legacy-token-login", meaning: "older protocols; answered with eviction 15" },
  {
    code: 45,
    name: "session.token-login",
    meaning: "operation 1 without a code: the token shape of session.login",
  },
];

const INDEX = new CommandIndex<AnyCommand>(Object.values(COMMANDS));

/** The row of a request header, or `undefined` for a command that protocol 0.11 does not define. */
export function commandOf(header: CommandHeader): AnyCommand | undefined {
  return INDEX.commandOf(header);
}

/** The row of a command code, or `undefined` for a code that protocol 0.11 does not define. */
export function commandByCode(code: number): AnyCommand | undefined {
  return INDEX.byCode(code);
}

/** Codes of commands that have an operation of their own and are refused (5) when they come as NonReplicated. */
export const REPLICATED_CODES: ReadonlySet<number> = INDEX.replicatedCodes;
