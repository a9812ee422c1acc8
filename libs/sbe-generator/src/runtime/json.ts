/** Values as the JSON of messages shows them. Names are defined, not assigned, so that none reaches a prototype. */

export function wideToJson(value: bigint | null): string | null {
  return value === null ? null : String(value);
}

/** NaN, infinities and −0, which JSON lacks, as text. */
export function floatToJson(value: number | null): number | string | null {
  if (value === null) return null;
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

export function charToJson(value: number | null): string | { readonly raw: number } | null {
  if (value === null) return null;
  return value > 0x7e ? { raw: value } : String.fromCharCode(value);
}

/** Name of the number, null for the null, `{raw}` for a number that this version does not know. */
export function enumToJson(
  value: number | bigint,
  name: string | undefined,
  nullValue: number | bigint,
): string | { readonly raw: number | string } | null {
  if (name !== undefined) return name;
  if (value === nullValue) return null;
  return { raw: typeof value === "bigint" ? String(value) : value };
}

export type SetJson = readonly string[] | { readonly choices: readonly string[]; readonly raw: string };

/** Names of the set bits; with the raw number when some have no name. */
export function setToJson(bits: number, constants: Readonly<Record<string, number>>): SetJson {
  return wideSetToJson(
    BigInt(bits),
    Object.fromEntries(Object.entries(constants).map(([name, bit]) => [name, BigInt(bit)])),
  );
}

export function wideSetToJson(bits: bigint, constants: Readonly<Record<string, bigint>>): SetJson {
  const choices: string[] = [];
  let unnamed = bits;
  for (const [name, bit] of Object.entries(constants)) {
    if ((bits & bit) === 0n) continue;
    choices.push(name);
    unnamed &= ~bit;
  }
  return unnamed === 0n ? choices : { choices, raw: String(bits) };
}

/** Octets that are no text. */
export function octetsToJson(bytes: Uint8Array): { readonly hex: string } {
  return { hex: Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("") };
}
