import { ImsError } from "@ims/common";
import { isTransientError } from "@ims/iggy-protocol";
import { expect } from "vitest";

/** What became of one call. */
export type Outcome<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly code: string; readonly refusal: number | undefined };

/** Waits for the end of a call; anything but a typed error of the client is a finding. */
export async function outcomeOf<Result>(call: Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { kind: "done", result: await call };
  } catch (error) {
    if (!(error instanceof ImsError) || !error.code.startsWith("iggy-")) throw error;
    return { kind: "failed", code: error.code, refusal: error.context.code as number | undefined };
  }
}

const NOTHING_SENT = ["iggy-client.not-connected", "iggy-client.queue-full", "iggy-client.closed"];

/** Whether the failure says that the server did not do it. A transient refusal leaves that open. */
export function saysNotDone(outcome: Outcome<unknown>): boolean {
  if (outcome.kind === "done") return false;
  return (
    NOTHING_SENT.includes(outcome.code) ||
    (outcome.code === "iggy-client.refused" && !isTransientError(outcome.refusal ?? 0))
  );
}

/** The numbers that test messages carry: the first four bytes of the payload. */
export function numberOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true);
}

/** A payload of at least four bytes that carries a number and is otherwise filled by it. */
export function numberedPayload(number: number, byteCount: number): Uint8Array {
  const payload = new Uint8Array(Math.max(4, byteCount)).fill(number & 0xff);
  new DataView(payload.buffer).setUint32(0, number, true);
  return payload;
}

/** Asserts that numbers count up; a repeated one is allowed at any later place. */
export function expectFirstsInOrder(numbers: readonly number[]): void {
  const firsts = [...new Set(numbers)];
  expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
}
