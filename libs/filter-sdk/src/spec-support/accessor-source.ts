import { upper } from "../../generator/print-fields.js";
import type { FieldLayout, GroupLayout, RecordLayout } from "../../generator/record-layout.js";

/**
 * A filter that reads every field of every record through its accessor: with mode `copy` each record is replaced by a
 * new one whose fields were written one by one, with mode `compare` it logs how each decimal compares with a parameter.
 */
export function accessorSource(records: readonly RecordLayout[]): string {
  const names = records.flatMap(({ name }) => name).join(", ");
  return `import { Batch, defineFilter, info, numberParameter, Text, textParameter, ${names} } from "@ims/filter-sdk/assembly";
export * from "@ims/filter-sdk/assembly/exports";

const limit = numberParameter("limit", "0", "");
const mode = textParameter("mode", null, "");
const text = Text.of("");

defineFilter("accessors", "1", [], (batch: Batch): void => {
  const isCopy = mode.toString() == "copy";
  while (batch.next()) {
    switch (batch.template) {
${records.map(({ name, template }) => `      case ${template}: isCopy ? copy${name}(batch) : compare${name}(batch); break;`).join("\n")}
    }
  }
});
${records.map((record) => printCopy(record) + printCompare(record)).join("")}`;
}

function printCopy({ name, fields, groups, data }: RecordLayout): string {
  const sizes = [
    ...groups.map((group) => `from.${group.name}Count`),
    ...(data ? [`from.${data.name}Length`] : []),
  ];
  return `
function copy${name}(batch: Batch): void {
  const from = ${name}.of(batch);
  if (from == null) return batch.drop();
  const to = ${name}.create(${["batch", ...sizes].join(", ")});
${fields.map(copyField).join("")}${groups.map(copyGroup).join("")}${
  data ? `  memory.copy(to.${data.name}Address, from.${data.name}Address, from.${data.name}Length);\n` : ""
}  assert(to.byteLength == from.byteLength && from.byteLength == batch.length, "${name}: length");
  batch.replace(changetype<usize>(to), to.byteLength);
}
`;
}

function copyGroup({ name, fields }: GroupLayout): string {
  const body = fields.map((field) => `    b.${field.name} = a.${field.name};\n`).join("");
  return `  for (let index = 0; index < from.${name}Count; index++) {
    const a = from.${name}At(index);
    const b = to.${name}At(index);
${body}  }
`;
}

function copyField({ name, type, isText, length, nullValue }: FieldLayout): string {
  if (isText) {
    return `  text.set(from.${name}Address, from.${name}Length);
  assert(from.${name}Equals(text) && from.${name}StartsWith(text) && from.${name}Text() == text.toString(), "${name}");
  assert(to.set${upper(name)}(text), "${name}");\n`;
  }
  if (type === undefined) return `  memory.copy(to.${name}Address, from.${name}Address, ${length});\n`;
  // What is not given stays as a new record has it.
  const condition = nullValue === undefined ? "" : `if (from.has${upper(name)}) `;
  return `  ${condition}to.${name} = from.${name};\n`;
}

function printCompare({ name, fields }: RecordLayout): string {
  const decimals = fields.filter(({ scale }) => scale !== undefined);
  const parts = decimals.map(
    (field) => `"${field.name}:" + record.compare${upper(field.name)}(limit).toString()`,
  );
  return `
function compare${name}(batch: Batch): void {
  const record = ${name}.of(batch);
  if (record == null) return;
  info(${parts.length > 0 ? parts.join(' + " " + ') : '""'});
}
`;
}
