/**
 * Ends a request with an error number. `status`: denied before anything was logged. `result`: a metadata command that
 * was taken up and refused. See errors.md section 1.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly channel: "status" | "result",
    readonly code: number,
  ) {
    super(`refused with ${channel} ${code}`);
  }
}

export function statusRefusal(code: number): Refusal {
  return new Refusal("status", code);
}

export function resultRefusal(code: number): Refusal {
  return new Refusal("result", code);
}
