import type { SchemaTokens } from "sbe-schema-ts";
import { printField, upper } from "./print-fields.js";
import type { CodeLayout, GroupLayout, RecordLayout } from "./record-layout.js";

const HEADER_BYTES = 8;
const DIMENSION_BYTES = 8;
const NOTE = "// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.\n";

/** The accessor of one message, as a source in AssemblyScript. */
export function printRecord(record: RecordLayout): string {
  const { name, doc, template, blockBytes, groups, data } = record;
  const entries = groups.map((group) => printEntry(name, group));
  const hasDecimals = [record, ...groups].some(({ fields }) => fields.some(({ scale }) => scale));
  const hasTexts = record.fields.some(({ isText }) => isText) || data !== undefined;
  const fields = record.fields.map((field) => printField(field, { offset: HEADER_BYTES, scales: "this" }));
  return `${NOTE}import { Batch } from "../batch";
${hasDecimals ? 'import { compareDecimals, Decimal } from "../decimal";\n' : ""}import { ${layoutNames(record)} } from "../layout";
${hasTexts ? 'import { paddedEquals, paddedLength, paddedStartsWith, setPadded, Text } from "../text";\n' : ""}
/** ${doc}: message ${template}. */
@unmanaged
export class ${name} {
  static readonly TEMPLATE: i32 = ${template};
  /** Octets of the block, without header${groups.length > 0 ? ", groups" : ""}${data ? ", data" : ""}. */
  static readonly BLOCK_LENGTH: i32 = ${blockBytes};

  /** The current record of the batch; null if it is of another template, or not whole. */
  @inline static of(batch: Batch): ${name} | null {
    return batch.template == ${template} ? ${name}.at(batch.address, batch.length) : null;
  }

  /** A record of this template anywhere in memory; null if it is not whole. */
  static at(address: usize, length: u32): ${name} | null {
    if (!holdsBlock(address, length, ${blockBytes})) return null;
${printWhole(record)}    return changetype<${name}>(address);
  }

${printCreate(record)}
  /** Octets of the record, header included. */
  get byteLength(): u32 {
    return ${printLength(record)};
  }

${[...fields, ...groups.map((group, index) => printGroup(record, group, index))].join("\n")}
${data ? printData(record, data) : ""}}
${entries.join("")}`;
}

/** Enumerations and sets; a set's members are its bits. */
export function printCodes(codes: readonly CodeLayout[]): string {
  const enums = codes.map(({ name, values }) => {
    const members = values.map(
      ({ name: member, value, doc }) => `${doc ? `  /** ${doc} */\n` : ""}  ${member} = ${value},\n`,
    );
    return `\nexport enum ${name} {\n${members.join("")}}\n`;
  });
  return `${NOTE}${enums.join("")}`;
}

/** Numbers of the schema that headers carry. */
export function printSchema({ id, version }: Pick<SchemaTokens, "id" | "version">): string {
  return `${NOTE}
export const SCHEMA_ID: u16 = ${id};
export const SCHEMA_VERSION: u16 = ${version};
`;
}

/** What users import. */
export function printIndex(records: readonly RecordLayout[]): string {
  const lines = records.map(({ name, groups }) => {
    const entries = groups.map((group) => entryName(name, group));
    return `export { ${[name, ...entries].join(", ")} } from "./${fileName(name)}";\n`;
  });
  return `${NOTE}export * from "./codes";\n${lines.join("")}`;
}

/** `OptionTicker` to `option-ticker`. */
export function fileName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}

function entryName(record: string, { name }: GroupLayout): string {
  return `${record}${upper(name)}`;
}

function layoutNames({ groups, data }: RecordLayout): string {
  const names = ["beginRecord", "holdsBlock"];
  if (groups.length > 0) names.push("beginGroup", "groupBytes", "groupEnd", "wholeGroup");
  if (data) names.push("beginData", "dataBytes", "dataEnd", "wholeData");
  return names.sort().join(", ");
}

/** Walks over groups and data; `end` is 0 once something does not fit. */
function printWhole({ groups, data }: RecordLayout): string {
  if (groups.length === 0 && !data) return "";
  const lines = [
    "const limit = address + length;",
    `let end = address + ${HEADER_BYTES} + load<u16>(address);`,
    ...groups.map(({ entryBytes }) => `end = wholeGroup(end, limit, ${entryBytes});`),
    ...(data ? ["end = wholeData(end, limit);"] : []),
    "if (end == 0) return null;",
  ];
  return `${lines.map((line) => `    ${line}\n`).join("")}`;
}

function printCreate({ name, template, blockBytes, fields, groups, data }: RecordLayout): string {
  const parameters = [
    ...groups.map((group) => `, ${group.name}: i32`),
    ...(data ? [`, ${data.name}Length: i32`] : []),
  ].join("");
  const bytes = [
    String(HEADER_BYTES + blockBytes),
    ...groups.map((group) => `groupBytes(${group.name}, ${group.entryBytes})`),
    ...(data ? [`dataBytes(${data.name}Length)`] : []),
  ].join(" + ");
  const body = [
    `const address = beginRecord(batch, ${bytes}, ${template}, ${blockBytes});`,
    ...(groups.length > 0 || data ? [`let end = address + ${HEADER_BYTES + blockBytes};`] : []),
    ...groups.map((group) => `end = beginGroup(end, ${group.name}, ${group.entryBytes});`),
    ...(data ? [`beginData(end, ${data.name}Length);`] : []),
    `const record = changetype<${name}>(address);`,
    ...fields.flatMap((field) => (field.nullValue ? [`record.set${upper(field.name)}Null();`] : [])),
    "return record;",
  ];
  return `  /** A new record, to be emitted: optional fields are not given, all others 0. It lasts until the next batch. */
  static create(batch: Batch${parameters}): ${name} {
${body.map((line) => `    ${line}\n`).join("")}  }
`;
}

/** Where what follows the block and so many groups begins. */
function startOf({ groups }: RecordLayout, index: number): string {
  if (index === 0) return `changetype<usize>(this) + ${HEADER_BYTES} + load<u16>(changetype<usize>(this))`;
  return `groupEnd(this.${groups[index - 1]!.name}Start)`;
}

function printLength(record: RecordLayout): string {
  const { groups, data } = record;
  const end = startOf(record, groups.length);
  if (data) return `<u32>(dataEnd(${end}) - changetype<usize>(this))`;
  return groups.length > 0
    ? `<u32>(${end} - changetype<usize>(this))`
    : `${HEADER_BYTES} + <u32>load<u16>(changetype<usize>(this))`;
}

function printGroup(record: RecordLayout, group: GroupLayout, index: number): string {
  const { name, doc } = group;
  const entry = entryName(record.name, group);
  return `  @inline private get ${name}Start(): usize {
    return ${startOf(record, index)};
  }
  /** Entries of ${name}: ${doc} */
  @inline get ${name}Count(): i32 {
    return load<u16>(this.${name}Start, 2);
  }
  /** An entry; an index beyond the last is a trap. */
  ${name}At(index: i32): ${entry} {
    const start = this.${name}Start;
    assert(<u32>index < <u32>load<u16>(start, 2), "${record.name}.${name} has no such entry");
    return changetype<${entry}>(start + ${DIMENSION_BYTES} + index * load<u16>(start));
  }`;
}

function printEntry(record: string, group: GroupLayout): string {
  const fields = group.fields.map((field) => printField(field, { offset: 0, scales: "given" }));
  return `
/** An entry of ${record}.${group.name}: ${group.doc}. */
@unmanaged
export class ${entryName(record, group)} {
${fields.join("\n")}
}
`;
}

function printData(record: RecordLayout, { name, doc }: { readonly name: string; readonly doc: string }) {
  const start = startOf(record, record.groups.length);
  return `  /** ${doc} */
  @inline get ${name}Length(): i32 {
    return load<u16>(${start});
  }
  @inline get ${name}Address(): usize {
    return ${start} + 2;
  }
  ${name}Equals(text: Text): bool {
    return text.equals(this.${name}Address, this.${name}Length);
  }
`;
}
