import { describeError } from "@ims/common";
import { fail } from "../errors.js";
import type { ChainEntry } from "./stage-plan.js";

/** To be raised when older states cannot be read any more. */
export const CHAIN_STATE_VERSION = 1;

/** A stage and the state of its module behind the last record; absent without one. */
export interface StageState {
  readonly entry: ChainEntry;
  readonly state: Uint8Array | undefined;
}

const HEAD_BYTES = 4;

/**
 * The state of a chain, little-endian: octets of the head as uint32, the head as JSON (a list of entries, each with the
 * octets of its state, −1 for none), and the states one behind the other.
 */
export function encodeChainState(stages: readonly StageState[]): Uint8Array {
  const head = stages.map(({ entry, state }) => ({ entry, octets: state?.length ?? -1 }));
  const text = new TextEncoder().encode(JSON.stringify(head));
  const size = new Uint8Array(HEAD_BYTES);
  new DataView(size.buffer).setUint32(0, text.length, true);
  return new Uint8Array(
    Buffer.concat([size, text, ...stages.flatMap(({ state }) => (state ? [state] : []))]),
  );
}

/** Throws `filter-service.bad-state`. The states are copies. */
export function decodeChainState(octets: Uint8Array): StageState[] {
  try {
    const length = new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(0, true);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      octets.subarray(HEAD_BYTES, HEAD_BYTES + length),
    );
    const head = JSON.parse(text) as { entry: ChainEntry; octets: number }[];
    let at = HEAD_BYTES + length;
    const stages = head.map(({ entry, octets: count }) => {
      if (count < 0) return { entry, state: undefined };
      at += count;
      return { entry, state: octets.slice(at - count, at) };
    });
    if (at !== octets.length) throw new Error(`${octets.length} octets instead of ${at}`);
    return stages;
  } catch (cause) {
    throw fail("filter-service.bad-state", `the state of a chain cannot be read: ${describeError(cause)}`, {
      cause,
    });
  }
}
