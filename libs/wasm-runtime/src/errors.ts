import { type ErrorTable, errorFactory } from "@ims/common/core";

/** What loading and running modules can report. */
export const WASM_ERRORS = {
  "wasm.malformed": {
    summary: "Octets are not a WebAssembly module, or not a valid one.",
    action: "Build the module again, and give the file that ends in .wasm whole and unchanged.",
    retryable: false,
  },
  "wasm.too-large": {
    summary: "A module has more octets than are taken.",
    action: "Build it with optimisation and without debug information, or raise the limit.",
    retryable: false,
  },
  "wasm.unsupported": {
    summary:
      "A module uses a feature that is refused: shared or 64-bit memory, several memories, imported memories or tables, exceptions, collected types.",
    action: "Build it without that feature.",
    retryable: false,
  },
  "wasm.forbidden-import": {
    summary: "A module imports something that it is not given.",
    action:
      "Import only what docs/formats/wasm-abi.md names, with these types; build without a system interface.",
    retryable: false,
  },
  "wasm.bad-export": {
    summary: "A module does not export what is asked of it, or with another type.",
    action: "Export the functions that docs/formats/wasm-abi.md names, with these types.",
    retryable: false,
  },
  "wasm.over-limit": {
    summary: "A module asks for more memory or larger tables from the start than it may have.",
    action: "Build it with less, or raise the limit.",
    retryable: false,
  },
  "wasm.bad-limits": {
    summary: "A limit is out of its range.",
    action: "Give a whole number in the range that the message names.",
    retryable: false,
  },
  "wasm.hash-mismatch": {
    summary: "A module is not the one that was named by its SHA-256.",
    action: "Deploy the module again; if it comes back, look who can write to where it is stored.",
    retryable: false,
  },
  "wasm.untrusted": {
    summary: "A module carries no signature by a key of the trust list.",
    action: "Sign it with a key whose public half is in the trust list.",
    retryable: false,
  },
  "wasm.bad-key": {
    summary: "A key is not an Ed25519 key.",
    action: "Give an Ed25519 key in PEM form, or a public key as 64 hexadecimal digits.",
    retryable: false,
  },
  "wasm.bad-description": {
    summary: "What a module says of itself cannot be read.",
    action: "Give the JSON that docs/formats/wasm-abi.md describes.",
    retryable: false,
  },
  "wasm.bad-parameter": {
    summary: "A parameter is unknown, missing, or not of its type, or the module refused its value.",
    action: "Give the parameters that the module describes.",
    retryable: false,
  },
  "wasm.bad-state": {
    summary: "A module cannot take up a state, or has one that is too large.",
    action: "Give a state that the same version of the module's state made, or begin without one.",
    retryable: false,
  },
  "wasm.bad-batch": {
    summary: "A batch is too large, or names octets outside of what came with it.",
    action: "Hand over smaller batches, and records that lie inside of their octets.",
    retryable: false,
  },
  "wasm.trapped": {
    summary: "A module trapped, gave up, or gave back what cannot be taken.",
    action: "Run the module on the same records with `ims filter test` to find its mistake.",
    retryable: false,
  },
  "wasm.timed-out": {
    summary: "A module gave no answer within its time.",
    action: "Look for a loop that does not end, or raise the limit of time.",
    retryable: false,
  },
  "wasm.quarantined": {
    summary: "A module failed too badly or too often and is not run any more.",
    action: "Deploy a version without the mistake.",
    retryable: false,
  },
  "wasm.stopped": {
    summary: "A module failed, and its policy is to stop.",
    action: "Deploy a version without the mistake, or choose the policy drop or pass.",
    retryable: false,
  },
  "wasm.worker-failed": {
    summary: "The thread of a module ended by itself.",
    action:
      "Look for the cause in the message; a module cannot end its thread unless the process lacks memory.",
    retryable: true,
  },
  "wasm.busy": {
    summary: "More is asked for at once than is kept waiting.",
    action: "Wait for earlier calls to end.",
    retryable: true,
  },
  "wasm.closed": {
    summary: "The host of a module has been closed.",
    action: "Make a new one.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(WASM_ERRORS);
