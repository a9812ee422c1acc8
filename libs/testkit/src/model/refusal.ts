/** How a request ends that is not carried out. `silence`: the server drops it without a word (wire.md section 8). */
export type RefusalChannel = "status" | "result" | "eviction" | "silence";

/** Thrown by the model's commands, and turned into a reply by {@link ModelConnection}. */
export class Refusal extends Error {
  /** @param code an error number, or the reason of an eviction */
  constructor(
    readonly channel: RefusalChannel,
    readonly code: number,
  ) {
    super(`${channel} ${code}`);
  }
}

/** Denied before anything was logged: travels in the header. */
export function statusRefusal(code: number): Refusal {
  return new Refusal("status", code);
}

/** Logged and refused: travels in the result section. */
export function resultRefusal(code: number): Refusal {
  return new Refusal("result", code);
}
