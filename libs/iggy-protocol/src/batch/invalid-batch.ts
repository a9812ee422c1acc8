import { fail } from "../errors/protocol-errors.js";

export function invalidBatch(at: number, problem: string): Error {
  return fail("iggy-protocol.invalid-batch", `batch at byte ${at}: ${problem}`, { context: { offset: at } });
}
