import { fail } from "./sbe-error.js";

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

/**
 * Says why a frame with the usual header is not accepted: wrong template, wrong schema, or a block that is too short or
 * does not lie within the frame.
 *
 * @param first the first word of the header: block length and template id
 * @param second the second: schema id and version
 * @param at first octet of the block
 * @param end first octet behind the frame
 */
export function refuseFrame(
  message: string,
  templateId: number,
  schemaId: number,
  requiredLength: number,
  first: number,
  second: number,
  at: number,
  end: number,
): never {
  if (first >>> 16 !== templateId) throwWrongTemplate(message, templateId, first >>> 16);
  if ((second & 0xffff) !== schemaId) throwWrongSchema(message, schemaId, second & 0xffff);
  const blockLength = first & 0xffff;
  if (blockLength < requiredLength) throwTruncated(message, at, requiredLength, at + blockLength);
  throwTruncated(message, at, blockLength, end);
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

/** @param count entries asked for */
export function throwCount(group: string, count: number, countMin: number, countMax: number): never {
  throw fail("sbe.out-of-range", `${group} has ${countMin} to ${countMax} entries, not ${count}`, {
    context: { group, count, countMin, countMax },
  });
}

/** `next()` behind the last entry. */
export function throwNoEntry(group: string, count: number): never {
  throw fail("sbe.order", `${group} has ${count} entries, and no further one`, { context: { group, count } });
}

export function throwIncomplete(group: string, count: number, written: number): never {
  throw fail(
    "sbe.order",
    `${group} was announced with ${count} entries, but ${written} were written: write them or call resetCountToIndex()`,
    { context: { group, count, written } },
  );
}

/** @param elements names in the order of the schema */
export function throwOrder(level: string, elements: string): never {
  throw fail("sbe.order", `${level} has its groups and data in this order: ${elements}`, {
    context: { level },
  });
}

/** Most entries of a group that take no octets: a frame of a few octets must not cost more than a loop of this length. */
export const EMPTY_ENTRIES_MAX = 65_534;

/**
 * Refuses a count that the schema does not allow, or that the rest of the frame cannot hold.
 *
 * @param entryLength octets that each entry takes at least
 * @param at first octet behind the dimension
 * @param end first octet behind the frame
 */
export function checkEntries(
  group: string,
  count: number,
  countMax: number,
  entryLength: number,
  at: number,
  end: number,
): void {
  if (!(count >= 0 && count <= countMax) || (entryLength === 0 && count > EMPTY_ENTRIES_MAX)) {
    throwCount(group, count, 0, countMax);
  }
  if (count * entryLength > end - at) throwTruncated(group, at, count * entryLength, end);
}
