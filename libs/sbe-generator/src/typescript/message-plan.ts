import type { Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { primitiveOf } from "../schema/primitive-type.js";
import { type MessageFields, messageFields } from "./member.js";
import { className, MemberNames } from "./names.js";

/** One variable-length data element as printers need it. */
export interface DataPlan {
  readonly name: string;
  readonly accessor: string;
  readonly label: string;
  readonly token: Token;
  /** Octets of the length in front. */
  readonly prefixSize: number;
  /** Most octets that may be written. */
  readonly bytesMax: string;
  /** Undefined for octets that are no text. */
  readonly characterEncoding?: string;
  /** Expression of the place of its length: where the block, or the data before it, ends. */
  readonly prefixAt: string;
}

/** A message as both of its classes are printed from. */
export interface MessagePlan extends MessageFields {
  readonly token: Token;
  readonly className: string;
  readonly data: readonly DataPlan[];
  /** Offsets of the four members within the header, and the header's size. */
  readonly header: HeaderPlan;
  readonly littleEndian: boolean;
}

export interface HeaderPlan {
  readonly size: number;
  readonly blockLength: number;
  readonly templateId: number;
  readonly schemaId: number;
  readonly version: number;
}

/** @param header begin token of the header composite with its members */
export function planMessage(node: TokenNode, header: TokenNode, littleEndian: boolean): MessagePlan {
  const names = new MemberNames();
  const fields = messageFields(node, names);
  const data: DataPlan[] = [];
  for (const child of node.children) {
    if (child.token.signal !== "beginVarData") continue;
    const [length, content] = child.children[0]!.children;
    const primitive = primitiveOf(length!.token.primitive!)!;
    const before = data.at(-1);
    data.push({
      name: child.token.name,
      accessor: names.claim(child.token.name, ["", "Bytes", "Start", "Length", "End"]),
      label: `${node.token.name}.${child.token.name}`,
      token: child.token,
      prefixSize: primitive.size,
      bytesMax: length!.token.maxValue ?? primitive.maxValue,
      characterEncoding: content!.token.characterEncoding,
      prefixAt: before ? `this.${before.accessor}End()` : "",
    });
  }
  return {
    ...fields,
    token: node.token,
    className: className(node.token.name),
    data,
    header: planHeader(header),
    littleEndian,
  };
}

function planHeader({ token, children }: TokenNode): HeaderPlan {
  const offsetOf = (name: string) => children.find((child) => child.token.name === name)!.token.offset;
  return {
    size: token.size,
    blockLength: offsetOf("blockLength"),
    templateId: offsetOf("templateId"),
    schemaId: offsetOf("schemaId"),
    version: offsetOf("version"),
  };
}
