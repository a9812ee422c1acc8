import type {
  BlockContent,
  CompositeType,
  DataDefinition,
  Described,
  EncodedType,
  EnumType,
  FieldDefinition,
  GroupDefinition,
  MessageDefinition,
  Presence,
  SchemaDefinition,
  SchemaType,
  SetType,
} from "../schema/schema-model.js";
import type { SchemaTokens, Signal, Token } from "./token.js";
import { TypeNames } from "./type-names.js";

/** Tells a checked schema as tokens. */
export function buildTokens(schema: SchemaDefinition): SchemaTokens {
  const builder = new TokenBuilder(schema);
  return {
    irVersion: 1,
    package: schema.package,
    id: schema.id,
    version: schema.version,
    semanticVersion: schema.semanticVersion,
    description: schema.description,
    byteOrder: schema.byteOrder,
    header: builder.type(schema.header, schema.header, 0, "required"),
    types: schema.types.map((type) => builder.type(type, type, 0, "required")),
    messages: schema.messages.map((message) => builder.message(message)),
  };
}

type Rest = Omit<Partial<Token>, "signal" | "tokenCount">;

class TokenBuilder {
  readonly #names: TypeNames;

  constructor(private readonly schema: SchemaDefinition) {
    this.#names = new TypeNames(schema);
  }

  message(message: MessageDefinition): readonly Token[] {
    return enclose("Message", message, { id: message.id, size: message.blockLength }, this.#block(message));
  }

  #block({ fields, groups, data }: BlockContent): readonly Token[] {
    return [
      ...fields.flatMap((field) => this.#field(field)),
      ...groups.flatMap((group) => this.#group(group)),
      ...data.flatMap((item) => this.#data(item)),
    ];
  }

  #group(group: GroupDefinition): readonly Token[] {
    const { id, blockLength, dimension } = group;
    const content = [...this.type(dimension, dimension, 0, "required"), ...this.#block(group)];
    return enclose("Group", group, { id, size: blockLength }, content);
  }

  /** @param owner what carries the type: its name and documentation go onto the tokens */
  type(type: SchemaType, owner: Described, offset: number, presence: Presence, scope = ""): readonly Token[] {
    switch (type.kind) {
      case "type":
        return [this.#encoding(type, owner, offset)];
      case "enum":
        return this.#enum(type, owner, offset, presence, scope);
      case "set":
        return this.#set(type, owner, offset, presence, scope);
      case "composite":
        return this.#composite(type, owner, offset, presence, scope);
    }
  }

  #field(field: FieldDefinition): readonly Token[] {
    const { type, id, offset, presence, constant, valueRef, epoch, timeUnit } = field;
    const size = presence === "constant" ? 0 : type.size;
    const content = this.type(type, { ...type, sinceVersion: field.sinceVersion }, 0, presence);
    return enclose(
      "Field",
      field,
      { id, offset, size, presence, constant, valueRef, epoch, timeUnit },
      content,
    );
  }

  /** The content has no fixed length here, whatever length its composite gives it as part of a field. */
  #data(data: DataDefinition): readonly Token[] {
    const { id, type, lengthType, contentType } = data;
    const content: EncodedType = { ...contentType, length: 0, size: 0 };
    const members = type.members.flatMap((member) =>
      member.type === contentType
        ? [this.#encoding(content, member, lengthType.size)]
        : this.type(member.type, member, member.offset, "required", type.name),
    );
    const rest = { size: lengthType.size, typeName: this.#names.of(type, ""), package: type.package };
    const composite = enclose("Composite", type, { ...rest, presence: "required" }, members);
    return enclose("VarData", data, { id }, composite);
  }

  #encoding(type: EncodedType, owner: Described, offset: number): Token {
    const { primitive } = type;
    const optionalNull = type.nullValue ?? primitive.nullValue;
    return token("encoding", owner, {
      offset,
      size: type.size,
      typeName: type.name,
      primitive: primitive.name,
      byteOrder: this.schema.byteOrder,
      length: type.length,
      presence: type.presence,
      nullValue: type.presence === "optional" ? optionalNull : undefined,
      minValue: type.minValue,
      maxValue: type.maxValue,
      constant: type.constant,
      valueRef: type.valueRef,
      characterEncoding: type.characterEncoding,
    });
  }

  #enum(
    type: EnumType,
    owner: Described,
    offset: number,
    presence: Presence,
    scope: string,
  ): readonly Token[] {
    const values = type.values.map((value) => token("validValue", value, { value: value.value }));
    const rest = { ...this.#leaf(type, offset, presence, scope), nullValue: type.nullValue };
    return enclose("Enum", { ...owner, description: type.description }, rest, values);
  }

  #set(type: SetType, owner: Described, offset: number, presence: Presence, scope: string): readonly Token[] {
    const choices = type.choices.map((choice) => token("choice", choice, { value: String(choice.bit) }));
    return enclose(
      "Set",
      { ...owner, description: type.description },
      this.#leaf(type, offset, presence, scope),
      choices,
    );
  }

  #leaf(type: EnumType | SetType, offset: number, presence: Presence, scope: string): Rest {
    return {
      offset,
      size: presence === "constant" ? 0 : type.size,
      typeName: this.#names.of(type, scope),
      package: type.package,
      primitive: type.primitive.name,
      byteOrder: this.schema.byteOrder,
      presence,
    };
  }

  #composite(
    type: CompositeType,
    owner: Described,
    offset: number,
    presence: Presence,
    scope: string,
  ): readonly Token[] {
    const typeName = this.#names.of(type, scope);
    const members = type.members.flatMap((member) => {
      const memberPresence = member.type.kind === "type" ? member.type.presence : "required";
      return this.type(member.type, member, member.offset, memberPresence, typeName);
    });
    const rest = { offset, size: type.size, typeName, package: type.package, presence };
    return enclose("Composite", { ...owner, description: type.description }, rest, members);
  }
}

function enclose(
  kind: "Message" | "Field" | "Group" | "VarData" | "Enum" | "Set" | "Composite",
  owner: Described,
  rest: Rest,
  content: readonly Token[],
): readonly Token[] {
  const first = { ...token(`begin${kind}`, owner, rest), tokenCount: content.length + 2 };
  const { offset, size } = first;
  const last: Token = {
    signal: `end${kind}`,
    name: owner.name,
    offset,
    size,
    tokenCount: 1,
    sinceVersion: 0,
  };
  return [first, ...content, last];
}

function token(signal: Signal, owner: Described, rest: Rest): Token {
  const { name, sinceVersion, deprecated, semanticType, description } = owner;
  return {
    signal,
    name,
    offset: 0,
    size: 0,
    tokenCount: 1,
    ...rest,
    sinceVersion,
    deprecated,
    semanticType,
    description,
  };
}
