import type { FieldLayout } from "./record-layout.js";

/** Where the block begins within what an accessor points at: behind the header, or at once. */
export interface BlockPlace {
  readonly offset: number;
  /** Expression of the record that holds the scales; in an entry of a group they are given. */
  readonly scales: "this" | "given";
}

/** The members that read and write one field. */
export function printField(field: FieldLayout, place: BlockPlace): string {
  if (field.type === undefined) return field.isText ? printText(field, place) : printOctets(field, place);
  return printNumber(field, field.type, place);
}

function printNumber(field: FieldLayout, type: string, { offset, scales }: BlockPlace): string {
  const { name, nullValue, scale, code } = field;
  const doc = `${field.doc || name}${code ? `: ${code.isSet ? "bits" : "a number"} of ${code.name}` : ""}`;
  const at = offset + field.offset;
  // The language's enumerations are of 32 bits: so a field can be compared with them, and set, without a cast.
  const own = code ? "i32" : type;
  const members = [
    `  /** ${doc} */
  @inline get ${name}(): ${own} {
    return load<${type}>(changetype<usize>(this), ${at});
  }
  @inline set ${name}(value: ${own}) {
    store<${type}>(changetype<usize>(this), ${code ? `<${type}>value` : "value"}, ${at});
  }`,
  ];
  if (nullValue !== undefined) {
    const test = nullValue === "NaN" ? `!isNaN<${type}>(this.${name})` : `this.${name} != ${nullValue}`;
    members.push(`  /** Whether ${name} is given. */
  @inline get has${upper(name)}(): bool {
    return ${test};
  }
  /** Says that ${name} is not given. */
  @inline set${upper(name)}Null(): void {
    this.${name} = ${nullValue};
  }`);
  }
  if (scale !== undefined) {
    const absent = nullValue === undefined ? "" : " One that is not given is below all.";
    const [given, known] = scales === "this" ? ["", `this.${scale}`] : [`scale: i32, `, "scale"];
    const compared = `compareDecimals(this.${name}, ${known}, other.mantissa, other.scale)`;
    members.push(`  /** Below 0, 0 or above 0 as ${name} is less than, equal to or greater than a decimal, exactly.${absent}${
      scales === "this" ? "" : ` @param scale ${scale} of the record`
    } */
  @inline compare${upper(name)}(${given}other: Decimal): i32 {
    return ${nullValue === undefined ? compared : `this.has${upper(name)} ? ${compared} : -1`};
  }`);
  }
  return members.join("\n");
}

function printText({ name, doc, length, offset: own }: FieldLayout, { offset }: BlockPlace): string {
  const at = `changetype<usize>(this) + ${offset + own}`;
  return `  /** ${doc || name}: up to ${length} octets of UTF-8 */
  @inline get ${name}Address(): usize {
    return ${at};
  }
  @inline get ${name}Length(): i32 {
    return paddedLength(${at}, ${length});
  }
  @inline ${name}Equals(text: Text): bool {
    return paddedEquals(${at}, ${length}, text);
  }
  @inline ${name}StartsWith(text: Text): bool {
    return paddedStartsWith(${at}, ${length}, text);
  }
  /** A new string, for logs; comparing octets is far faster. */
  ${name}Text(): string {
    return String.UTF8.decodeUnsafe(${at}, this.${name}Length);
  }
  /** Writes a text; false, and nothing written, if it has more than ${length} octets. */
  set${upper(name)}(text: Text): bool {
    return setPadded(${at}, ${length}, text);
  }`;
}

function printOctets({ name, doc, length, offset: own }: FieldLayout, { offset }: BlockPlace): string {
  return `  /** ${doc || name}: ${length} octets */
  @inline get ${name}Address(): usize {
    return changetype<usize>(this) + ${offset + own};
  }`;
}

export function upper(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
