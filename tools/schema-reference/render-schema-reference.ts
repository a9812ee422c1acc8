import { type SchemaTokens, type Token, type TokenNode, tokenTree } from "sbe-schema-ts";

/** Of version 1's types, which repeat their primitives, only those with more to say than a width are shown. */
const NULLS: Readonly<Record<string, string>> = {
  "9223372036854775807": "2^63 − 1",
  "-9223372036854775808": "−2^63",
  "18446744073709551615": "2^64 − 1",
  "4294967295": "2^32 − 1",
};

const INTRODUCTION = `All numbers are little-endian. A message is a header, a block of fields at fixed places, then groups, then data of
variable length. **offset** counts from the start of the block; add HEADER for the place in the frame. A reader takes the
length of the block from the header, so that a longer block of a later version does no harm, and passes over templates
that it does not know.

Of what version 2 added, every 8-octet field stands at a multiple of 8 from the start of the header, and blocks,
dimensions and entries are multiples of 8 octets long
([ADR 8](../adr/0008-schema-version-2-layout.md)). Octets between fields are padding: 0, and ignored.

- Times are microseconds since 1970-01-01 UTC ([ADR 4](../adr/0004-times-in-microseconds.md)); durations are
  microseconds.
- A price is its mantissa × 10^−priceScale, a quantity its mantissa × 10^−quantityScale: one scale per message, each
  from 0 to 18. A field with a scale of its own says so.
- **null** is the number that stands for "not given". A field without one always has a value.
- Texts are padded with zeros; a text that fills its field has none.
- Numbers of exchanges, data types and time resolutions are those of \`libs/common/src/ids\`.
`;

/** The page about a schema in Markdown; depends on the tokens alone. */
export function renderSchemaReference(schema: SchemaTokens, source: string): string {
  const messages = schema.messages.map((tokens) => tokenTree(tokens)[0]!);
  const header = tokenTree(schema.header)[0]!;
  const added = messages.filter(({ token }) => token.sinceVersion > 0);
  const inherited = messages.filter(({ token }) => token.sinceVersion === 0);
  return [
    "<!-- Made by `node tools/schema-reference.mjs` from the schema; do not edit. -->",
    "",
    `# The messages: schema ${schema.id}, version ${schema.version}`,
    "",
    `Source: [\`${source}\`](../../${source}). ${schema.description ?? ""}.`,
    "",
    INTRODUCTION.replace("HEADER", String(header.token.size)),
    "## Header",
    "",
    ...fieldTable(header.children.map(({ token }) => ({ ...token, described: token, leaf: token }))),
    `\`schemaId\` is ${schema.id}; \`version\` is that of the writer.`,
    "",
    "## Messages by number",
    "",
    "| template | message | since | block | what |",
    "|---|---|---|---|---|",
    ...[...messages].sort(byId).map(messageRow),
    "",
    ...added.sort(byId).flatMap(messageSection),
    "## Version 1",
    "",
    "The reference system's messages, unchanged in layout: nothing in them is aligned, and `messageType` repeats the",
    "template id. They serve its clients; `ims-v1.xml` alone gives codecs that write version 1 into the header.",
    "",
    ...inherited.sort(byId).flatMap(messageSection),
    "## Enumerations",
    "",
    ...namedTypes(messages).flatMap(typeSection),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function byId(a: TokenNode, b: TokenNode): number {
  return a.token.id! - b.token.id!;
}

function messageRow({ token }: TokenNode): string {
  const anchor = token.name.toLowerCase();
  return `| ${token.id} | [${token.name}](#${anchor}) | ${Math.max(1, token.sinceVersion)} | ${token.size} | ${cell(token.description)} |`;
}

function messageSection(message: TokenNode): readonly string[] {
  const { token } = message;
  return [
    `### ${token.name}`,
    "",
    `Template ${token.id}, block of ${token.size} octets. ${sentence(token.description)}`,
    "",
    ...blockTables(message, ""),
  ];
}

/** The fields of a block, then the groups and data behind it. */
function blockTables({ children }: TokenNode, path: string): readonly string[] {
  const fields = children.filter(({ token }) => token.signal === "beginField").map(rowOf);
  const lines = [...fieldTable(fields)];
  for (const child of children) {
    const { token } = child;
    if (token.signal === "beginGroup") {
      const dimension = child.children[0]!;
      const name = path + token.name;
      lines.push(
        `Group \`${name}\`: ${lowered(token.description)}. Dimension \`${dimension.token.typeName}\` of ${dimension.token.size} octets (${dimensionMembers(dimension)}), then entries of ${token.size} octets:`,
        "",
        ...blockTables({ token, children: child.children.slice(1) }, `${name}.`),
      );
    }
    if (token.signal === "beginVarData") {
      const [length, content] = child.children[0]!.children.map((member) => member.token) as [Token, Token];
      lines.push(
        `Data \`${path + token.name}\`: ${lowered(token.description)}. Length \`${length.primitive}\`, at most ${length.maxValue ?? "its maximum"} octets${content.characterEncoding === undefined ? "" : ` of ${content.characterEncoding}`}.`,
        "",
      );
    }
  }
  return lines;
}

function dimensionMembers({ children }: TokenNode): string {
  return children.map(({ token }) => `${token.name} ${token.primitive}`).join(", ");
}

interface Row {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** What documents the field, and what its octets are. */
  readonly described: Token;
  readonly leaf: Token;
}

function rowOf({ token, children }: TokenNode): Row {
  return {
    name: token.name,
    offset: token.offset,
    size: token.size,
    described: token,
    leaf: children[0]!.token,
  };
}

function fieldTable(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    "| offset | octets | field | type | null | meaning |",
    "|---|---|---|---|---|---|",
    ...rows.map(
      ({ name, offset, size, described, leaf }) =>
        `| ${offset} | ${size} | ${name} | ${typeText(leaf)} | ${nullText(leaf)} | ${cell(described.description ?? leaf.description)} |`,
    ),
    "",
  ];
}

function typeText({ signal, primitive, length, typeName }: Token): string {
  switch (signal) {
    case "beginEnum":
    case "beginSet":
      return `[${typeName}](#${typeName!.toLowerCase()})`;
    case "beginComposite":
      return `[${typeName}](#${typeName!.toLowerCase()})`;
    default:
      return length === 1 ? primitive! : `${primitive}[${length}]`;
  }
}

function nullText({ signal, presence, nullValue }: Token): string {
  if (nullValue === undefined || (signal === "encoding" && presence !== "optional")) return "";
  return NULLS[nullValue] ?? nullValue;
}

/** Every enum, set and composite that fields use, by name. */
function namedTypes(messages: readonly TokenNode[]): readonly TokenNode[] {
  const found = new Map<string, TokenNode>();
  const walk = (node: TokenNode): void => {
    if (node.token.signal === "beginVarData") return;
    if (["beginEnum", "beginSet", "beginComposite"].includes(node.token.signal))
      found.set(node.token.typeName!, node);
    const inner = node.token.signal === "beginGroup" ? node.children.slice(1) : node.children;
    for (const child of inner) walk(child);
  };
  for (const message of messages) walk(message);
  return [...found.values()].sort((a, b) => (a.token.typeName! < b.token.typeName! ? -1 : 1));
}

function typeSection({ token, children }: TokenNode): readonly string[] {
  const title = `### ${token.typeName}`;
  if (token.signal === "beginComposite") {
    const rows = children.map((child) => ({ ...child.token, described: child.token, leaf: child.token }));
    return [title, "", sentence(token.description), "", ...fieldTable(rows)];
  }
  const isSet = token.signal === "beginSet";
  return [
    title,
    "",
    `${isSet ? `Set of bits in a ${token.primitive}` : `${token.primitive}, null ${token.nullValue}`}. ${token.description === undefined ? "" : sentence(token.description)}`.trimEnd(),
    "",
    `| ${isSet ? "bit" : "value"} | name | meaning |`,
    "|---|---|---|",
    ...children.map(({ token: value }) => `| ${value.value} | ${value.name} | ${cell(value.description)} |`),
    "",
  ];
}

function cell(text: string | undefined): string {
  return (text ?? "").replaceAll("|", "\\|");
}

function sentence(text: string | undefined): string {
  return text === undefined ? "" : `${text.replace(/\.$/, "")}.`;
}

function lowered(text: string | undefined): string {
  return text === undefined ? "" : text[0]!.toLowerCase() + text.slice(1);
}
