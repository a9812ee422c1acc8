import { fail } from "../errors.js";
import type { ModuleLimits } from "../limits.js";
import { type ModuleOutline, SectionId } from "./module-sections.js";
import type { Bounds } from "./module-types.js";

const NAME_SECTION = "name";

/**
 * The module with the most pages of its memory and the most elements of its tables written in.
 * @throws ImsError `wasm.over-limit` when it begins with more
 */
export function capSizes(
  bytes: Uint8Array,
  outline: ModuleOutline,
  limits: ModuleLimits,
): { bytes: Uint8Array<ArrayBuffer>; memory: { least: number; most: number } } {
  const memories = outline.memories.map((memory) => cap(memory, limits.memoryPages, "pages of memory"));
  const tables = outline.tables.map((table) => ({
    element: table.element,
    ...cap(table, limits.tableElements, "elements of a table"),
  }));
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  for (const section of outline.sections) {
    if (section.id === SectionId.Memory) {
      parts.push(sectionOf(section.id, memories.map(boundsOctets)));
    } else if (section.id === SectionId.Table) {
      parts.push(
        sectionOf(
          section.id,
          tables.map((table) => [table.element, ...boundsOctets(table)]),
        ),
      );
    } else if (section.id !== SectionId.Custom || section.name === NAME_SECTION) {
      parts.push(bytes.subarray(section.start, section.end));
    }
  }
  return { bytes: joined(parts), memory: memories[0] ?? { least: 0, most: 0 } };
}

function cap(bounds: Bounds, most: number, what: string): { least: number; most: number } {
  if (bounds.least > most) {
    throw fail("wasm.over-limit", `the module begins with ${bounds.least} ${what}, ${most} are allowed`);
  }
  return { least: bounds.least, most: Math.min(bounds.most ?? most, most) };
}

function boundsOctets({ least, most }: { least: number; most: number }): number[] {
  return [1, ...unsigned(least), ...unsigned(most)];
}

function sectionOf(id: number, items: readonly (readonly number[])[]): Uint8Array {
  const content = [...unsigned(items.length), ...items.flat()];
  return Uint8Array.from([id, ...unsigned(content.length), ...content]);
}

/** LEB128. */
function unsigned(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) | 0x80);
  octets.push(rest);
  return octets;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
