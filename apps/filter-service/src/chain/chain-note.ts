import { describeError } from "@ims/common";
import type { TaskNote } from "@ims/traits";
import { fail } from "../errors.js";
import type { ChainEntry } from "./stage-plan.js";

/** A batch that a filter failed on: the policy handles what reaches the filter of the records up to `through`. */
export interface FailedBatch {
  readonly name: string;
  readonly through: number;
}

/** What was decided about a chain: how it is from an offset on, and what it failed on there. */
export interface ChainNote {
  readonly chain: readonly ChainEntry[];
  readonly failed: readonly FailedBatch[];
}

/** A note and the offset of the first record that it counts for. */
export type PlacedNote = ChainNote & { readonly offset: number };

const FORMAT = 1;

export function encodeNote(note: ChainNote): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...note }));
}

/** Throws `filter-service.bad-state`. Only this service writes them, and the checkpoint's bounds hold. */
export function decodeNote({ offset, octets }: TaskNote): PlacedNote {
  try {
    const note = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets)) as ChainNote & {
      format: unknown;
    };
    if (note.format !== FORMAT) throw new Error(`its format is ${String(note.format)}`);
    if (!Array.isArray(note.chain) || !Array.isArray(note.failed)) throw new Error("it has no chain");
    return { offset, chain: note.chain, failed: note.failed };
  } catch (cause) {
    throw fail(
      "filter-service.bad-state",
      `the note at offset ${offset} cannot be read: ${describeError(cause)}`,
      {
        cause,
      },
    );
  }
}
