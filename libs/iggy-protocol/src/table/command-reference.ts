import { LOGIN_CODES } from "../command-table.js";
import { iggyErrorName } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { TOPIC_OPTION_KEYS } from "../primitives/topic-options.js";
import { DIALECT_0_11 } from "../protocol-dialect.js";
import { COMMON_REFUSALS, type Command, type RetryClass } from "./command.js";
import { type CodeAlias, CommandIndex } from "./dialect.js";
import { PERMISSION_RULES, type PermissionRule } from "./permission-rule.js";

type Row = Omit<Command<never, unknown>, "codec">;

const RETRIES: Readonly<Record<RetryClass, string>> = {
  read: "send again, nothing changes",
  numbered:
    "the same frame on the same session is executed once; on a new session it would be executed again",
  repeatable: "executing it twice has the effect of once",
  appends: "sending again may store the messages twice",
};

const INTRO = `# Commands of protocol 0.11

Written by \`node tools/command-reference.mjs\` from the command table of libs/iggy-protocol; do not edit.

Integers are little-endian. \`name\` is \`[len u8][UTF-8]\` of 1 to 255 bytes, \`str8\` and \`str32\` have a length of 8
or 32 bits and may be empty, identifiers (\`[stream]\`, \`[topic]\`, \`[group]\`, \`[user]\`) are \`[kind u8][len u8][value]\`,
\`[options]\` runs to the end of the body, \`{…}\` stands for any number and \`(…)\` for a part that may be absent. Replies
of operations marked with * have a result section of four zero bytes in front of what is shown. Requests of operation 2
carry their code in the header.
`;

/** The page docs/reference/iggy-commands.md, Markdown, with a line break at its end. */
export function renderCommandReference(): string {
  const rows: Row[] = Object.values(DIALECT_0_11.commands);
  const subjects = [...new Set(rows.map(({ name }) => subjectOf(name)))];
  return [
    INTRO,
    ...subjects.map((subject) => renderSubject(subject, rows)),
    renderPermissions(),
    renderRetries(),
    renderRefusals(rows),
    renderVariants(),
    renderOtherCodes(),
  ].join("\n");
}

function subjectOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

function renderSubject(subject: string, rows: readonly Row[]): string {
  const own = rows.filter(({ name }) => subjectOf(name) === subject).sort((a, b) => a.code - b.code);
  return section(
    subject,
    ["Command", "Code", "Operation", "Needs", "Retry", "Refusals", "Request", "Reply"],
    own.map((row) => [
      code(row.name),
      String(row.code),
      operationOf(row),
      row.permission,
      row.retry,
      row.refusals.join(", "),
      row.request ? code(row.request) : "empty",
      row.reply ? code(row.reply) : "empty",
    ]),
  );
}

function operationOf({ operation, replyOperation, resultFramed }: Row): string {
  const number = replyOperation === operation ? String(operation) : `${operation} → ${replyOperation}`;
  return resultFramed ? `${number} *` : number;
}

function renderPermissions(): string {
  const rules = Object.entries(PERMISSION_RULES) as [
    PermissionRule,
    (typeof PERMISSION_RULES)[PermissionRule],
  ][];
  return section(
    "What a user needs",
    ["Needs", "Any one of these"],
    rules.map(([rule, needed]) => [
      rule,
      typeof needed === "string" ? WITHOUT_RIGHT[needed] : rightsOf(needed),
    ]),
    "Rights stand in the permissions of the user for everything, for one stream or for one topic; root may do everything.",
  );
}

const WITHOUT_RIGHT = { anyone: "nothing, not even a session", user: "a session" } as const;

function rightsOf(needed: {
  readonly global: readonly string[];
  readonly stream?: readonly string[];
  readonly topic?: readonly string[];
  readonly own?: true;
}): string {
  const level = (name: string, rights: readonly string[] = []) =>
    rights.length === 0 ? [] : [`${name}: ${rights.map(code).join(", ")}`];
  return [
    ...level("global", needed.global),
    ...level("stream", needed.stream),
    ...level("topic", needed.topic),
    ...(needed.own ? ["the caller's own record"] : []),
  ].join("; ");
}

function renderRetries(): string {
  return section(
    "After an unknown outcome",
    ["Retry", "What a client may do"],
    Object.entries(RETRIES).map(([retry, meaning]) => [retry, meaning]),
  );
}

function renderRefusals(rows: readonly Row[]): string {
  const numbers = [...new Set([...COMMON_REFUSALS, ...rows.flatMap(({ refusals }) => refusals)])];
  return section(
    "Refusals",
    ["Number", "Name"],
    numbers.sort((a, b) => a - b).map((number) => [String(number), iggyErrorName(number)]),
    `Every command may also get ${COMMON_REFUSALS.join(", ")}. A login is refused by an eviction.`,
  );
}

function renderVariants(): string {
  return section(
    "Variants",
    ["Variant", "Options of a topic", "Request checksums"],
    DIALECT_0_11.variants.map(({ name, topicOptions, stampsChecksums }) => [
      name,
      topicOptions.map((option) => code(TOPIC_OPTION_KEYS[option].key)).join(", "),
      stampsChecksums ? "on login, logout, metadata writes and deletion of segments" : "none",
    ]),
    "Releases that write the same protocol number into a login and differ all the same. Readers take both.",
  );
}

function renderOtherCodes(): string {
  const index = new CommandIndex(Object.values(DIALECT_0_11.commands));
  const row = ({ code: number, name, meaning }: CodeAlias, note: string) => [
    String(number),
    code(name),
    `${meaning}${note}`,
  ];
  const variants = DIALECT_0_11.variants.flatMap((variant) =>
    variant.clusterReads.map((alias) =>
      row(alias, `; operation ${Operation.NonReplicated}, ${variant.name} only`),
    ),
  );
  return section(
    "Codes without a row",
    ["Code", "Name", "Meaning"],
    [...LOGIN_CODES.map((alias) => row(alias, "")), ...variants],
    `A code of a command with an operation of its own (${[...index.replicatedCodes].sort((a, b) => a - b).join(", ")}) is refused with 5 as operation 2.`,
  );
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  text = "",
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    `## ${title}\n`,
    ...(text ? [`${text}\n`] : []),
    line(head),
    line(head.map(() => "---")),
    ...rows.map(line),
    "",
  ].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
