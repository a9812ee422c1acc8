/** A number as it is to be printed. */
export class RawNumber {
  constructor(readonly text: string) {}
}

/** As `JSON.stringify`, but {@link RawNumber}s are printed as they stand. */
export function printRaw(value: unknown): string {
  if (value instanceof RawNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(printRaw).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${printRaw(field)}`).join(",")}}`;
}

/** `units × 10^-scale` as a plain decimal. */
export function plain(units: number, scale: number): string {
  return (units / 10 ** scale).toFixed(scale);
}

/**
 * A number in one of the forms that the venue uses for the same value: `76917.5`, `76917.50`, `7.69175e4`.
 *
 * @param form any whole number: which of them
 */
export function printed(units: number, scale: number, form: number): RawNumber {
  if (form % 4 === 3) {
    const sign = units < 0 ? "-" : "";
    const digits = String(Math.abs(units));
    const [first, rest] = [digits.slice(0, 1), digits.slice(1) || "0"];
    return new RawNumber(`${sign}${first}.${rest}e${digits.length - 1 - scale}`);
  }
  return new RawNumber(
    form % 4 === 2 ? `${plain(units, scale)}${scale === 0 ? ".0" : "0"}` : plain(units, scale),
  );
}
