import type { SchemaTokens, Token } from "../ir/token.js";
import { type TokenNode, tokenTree } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";

/** Where everything of a schema stands, in the form of `layout.json`; members that have no value are left out. */
export type Layout = { readonly [key: string]: unknown };

export function layoutOf(schema: SchemaTokens): Layout {
  const header = tokenTree(schema.header)[0]!.token;
  return {
    package: schema.package,
    id: schema.id,
    version: schema.version,
    semanticVersion: schema.semanticVersion,
    byteOrder: schema.byteOrder,
    header: composite(header),
    messages: schema.messages.map((tokens) => {
      const node = tokenTree(tokens)[0]!;
      const { name, id, semanticType } = node.token;
      return { name, templateId: id, semanticType, ...versions(node.token), ...block(node) };
    }),
  };
}

/** Layouts of all enums, sets and composites by their name in the schema; several where inline types share a name. */
export function typeLayoutsOf(schema: SchemaTokens): ReadonlyMap<string, readonly Layout[]> {
  const found = new Map<string, Layout[]>();
  const visit = (node: TokenNode) => {
    if (TYPE_SIGNALS.includes(node.token.signal)) {
      for (const name of [node.token.typeName!, node.token.name]) {
        const layouts = found.get(name) ?? [];
        layouts.push(typeLayout(node));
        found.set(name, layouts);
      }
    }
    for (const child of node.children) visit(child);
  };
  for (const tokens of [schema.header, ...schema.types, ...schema.messages]) visit(tokenTree(tokens)[0]!);
  return found;
}

const TYPE_SIGNALS: readonly string[] = ["beginComposite", "beginEnum", "beginSet"];

function versions({ sinceVersion, deprecated }: Token): Layout {
  return { sinceVersion: sinceVersion === 0 ? undefined : sinceVersion, deprecated };
}

function composite(token: Token): Layout {
  return { kind: "composite", type: token.typeName, size: token.size };
}

function block(node: TokenNode): Layout {
  const of = (signal: string) => node.children.filter(({ token }) => token.signal === signal);
  return {
    blockLength: node.token.size,
    fields: of("beginField").map(({ token, children }) => ({
      name: token.name,
      id: token.id,
      offset: token.offset,
      size: token.size,
      presence: token.presence,
      semanticType: token.semanticType,
      ...versions(token),
      encoding: encoding(children[0]!.token, token),
    })),
    groups: of("beginGroup").map((group) => ({
      name: group.token.name,
      id: group.token.id,
      ...versions(group.token),
      dimension: composite(group.children[0]!.token),
      ...block(group),
    })),
    data: of("beginVarData").map(dataLayout),
  };
}

function dataLayout({ token, children }: TokenNode): Layout {
  const member = (name: string) => children[0]!.children.find((child) => child.token.name === name)!.token;
  const length = member("length");
  const content = member("varData");
  return {
    name: token.name,
    id: token.id,
    semanticType: token.semanticType,
    ...versions(token),
    lengthType: length.primitive,
    maxLength: Number(length.maxValue ?? primitiveOf(length.primitive!)!.maxValue),
    headerLength: length.size,
    dataType: content.primitive,
    characterEncoding: content.characterEncoding,
  };
}

function encoding(token: Token, field?: Token): Layout {
  const presence = token.presence;
  switch (token.signal) {
    case "beginComposite":
      return { kind: "composite", presence: field && presence, type: token.typeName };
    case "beginSet":
      return { kind: "set", type: token.typeName };
    case "beginEnum":
      return { kind: "enum", presence: field && presence, constant: field?.valueRef, type: token.typeName };
    default:
      return primitiveLayout(token, field);
  }
}

function primitiveLayout(token: Token, field?: Token): Layout {
  const { length, presence, characterEncoding } = token;
  const primitive = primitiveOf(token.primitive!)!;
  const shared = { kind: "primitive", primitiveType: primitive.name, characterEncoding, presence };
  if (presence === "constant") {
    const value = field?.constant ?? token.constant!;
    const single = primitive.kind === "char" && length === 1;
    return { ...shared, constant: single ? String.fromCharCode(Number(value)) : value };
  }
  return {
    ...shared,
    length,
    minValue: token.minValue ?? primitive.minValue,
    maxValue: token.maxValue ?? primitive.maxValue,
    nullValue: token.nullValue ?? primitive.nullValue,
  };
}

function typeLayout({ token, children }: TokenNode): Layout {
  if (token.signal === "beginComposite") {
    const members = children.map((child) => ({
      name: child.token.name,
      offset: child.token.offset,
      size: child.token.size,
      encoding: encoding(child.token),
    }));
    return { kind: "composite", size: token.size, members };
  }
  if (token.signal === "beginSet") {
    const choices = children.map((child) => ({
      name: child.token.name,
      bit: Number(child.token.value),
      ...versions(child.token),
    }));
    return { kind: "set", encodingType: token.primitive, choices };
  }
  const validValues = children.map((child) => ({
    name: child.token.name,
    value: child.token.value,
    ...versions(child.token),
  }));
  return { kind: "enum", encodingType: token.primitive, nullValue: token.nullValue, validValues };
}
