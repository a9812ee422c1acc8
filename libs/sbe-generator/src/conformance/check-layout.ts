import type { SchemaTokens } from "../ir/token.js";
import { charsetOf } from "../schema/charset-name.js";
import { differences } from "./differences.js";
import type { ExpectedLayout } from "./folder-files.js";
import type { Report } from "./report.js";
import { type Layout, layoutOf, typeLayoutsOf } from "./token-layout.js";

/** Compares what a schema compiled to with a layout of the reference tool: root and header, each message, each type. */
export function checkLayout(expected: ExpectedLayout, tokens: SchemaTokens, report: Report): void {
  const found = layoutOf(tokens);
  const { messages, types, schemaFile, sbeToolWarnings: _, ...root } = expected;
  report.check(`layout ${schemaFile}`, () =>
    differences(normal(root), normal({ ...found, messages: undefined })),
  );
  const foundMessages = found.messages as readonly Layout[];
  report.add(
    `layout ${schemaFile} messages`,
    differences(messages.length, foundMessages.length, 1, "number of messages"),
  );
  for (const message of messages) {
    report.check(`layout ${schemaFile} ${message.name}`, () =>
      differences(
        normal(message),
        normal(foundMessages.find(({ templateId }) => templateId === message.templateId)),
      ),
    );
  }
  const foundTypes = typeLayoutsOf(tokens);
  for (const [name, type] of Object.entries(types)) {
    report.check(`layout ${schemaFile} type ${name}`, () => {
      const reasons = (foundTypes.get(plainName(name)) ?? [undefined]).map((candidate) =>
        differences(normal(type), normal(candidate)),
      );
      return reasons.some(({ length }) => length === 0) ? [] : reasons[0]!;
    });
  }
}

/** The reference tool numbers types of one name: `Price#2`. */
function plainName(name: string): string {
  return name.replace(/#\d+$/, "");
}

const NUMBERS: readonly string[] = ["minValue", "maxValue", "nullValue", "constant"];

/** The same layout with numbers, charsets and type names written one way. */
function normal(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => normal(item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        // The reference tool hands the version of a type down to its members.
        .filter(([name]) => !(key === "members" && name === "sinceVersion"))
        .map(([name, item]) => [name, normal(item, name)]),
    );
  }
  if (typeof value !== "string") return value;
  if (key === "characterEncoding") return charsetOf(value) ?? value;
  if (key === "type") return plainName(value);
  return NUMBERS.includes(key) && /^-?\d+(\.\d+)?(E[+-]?\d+)?$/i.test(value) && /[.E]/i.test(value)
    ? String(Number(value))
    : value;
}
