import { fail } from "./sbe-errors.js";

/** Functions that throw, kept apart from generated code so that its own functions stay small enough to be inlined. */

/** @param end first octet that is not there */
export function throwTruncated(element: string, offset: number, octets: number, end: number): never {
  throw fail(
    "sbe.truncated",
    `${element} needs ${octets} octets at ${offset}, but the frame ends at ${end}`,
    {
      context: { element, offset, octets, end },
    },
  );
}

export function throwNoRoom(element: string, offset: number, octets: number, end: number): never {
  throw fail("sbe.no-room", `${element} needs ${octets} octets at ${offset}, but the buffer ends at ${end}`, {
    context: { element, offset, octets, end },
  });
}

export function throwWrongTemplate(message: string, expected: number, found: number): never {
  throw fail("sbe.wrong-template", `${message} has template id ${expected}, the frame has ${found}`, {
    context: { message, expected, found },
  });
}

export function throwWrongSchema(message: string, expected: number, found: number): never {
  throw fail("sbe.wrong-schema", `${message} is of schema ${expected}, the frame of schema ${found}`, {
    context: { message, expected, found },
  });
}

export function throwOutOfRange(field: string, value: number | bigint): never {
  throw fail("sbe.out-of-range", `${field} cannot hold ${String(value)}`, { context: { field } });
}

/** @param hi high word, signed or unsigned as the field is */
export function throwUnsafeInteger(field: string, lo: number, hi: number): never {
  const value = (BigInt(hi) << 32n) | BigInt(lo >>> 0);
  throw fail("sbe.unsafe-integer", `${field} is ${value}`, { context: { field, value: String(value) } });
}

/** Throws `sbe.out-of-range` unless `index` is an element of an array of this length. */
export function checkIndex(field: string, index: number, length: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < length)) {
    throw fail("sbe.out-of-range", `${field} has elements 0 to ${length - 1}, not ${index}`, {
      context: { field, index },
    });
  }
}
