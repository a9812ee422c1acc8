import { BACKEND_NAMES } from "../backends/backend.js";
import { SigningEngine } from "../engine/signing-engine.js";
import { AUX_BYTES, DIGEST_BYTES, SIGNATURE_BYTES } from "../schemes.js";
import { takeKeys } from "./key-handover.js";
import { SigningRing, SlotState } from "./signing-ring.js";
import type { WorkerEvent, WorkerSetup } from "./worker-messages.js";

/** A worker looks so often whether it has to end, should a wake-up get lost. */
const WAIT_MILLIS = 100;
/** Signatures after which the owner is told at the latest, as a part of the ring, so that it can refill it meanwhile. */
const TELL_PART = 4;
const NO_RANDOMNESS = new Uint8Array(AUX_BYTES);

/** Signs what comes in its ring until it is told to end. Keys and the memory of backends are zeroed behind it. */
export function runSigningWorker(setup: WorkerSetup, tell: (event: WorkerEvent) => void): void {
  const keys = takeKeys(setup.keys);
  const engine = new SigningEngine({ backends: setup.backends });
  try {
    const ring = new SigningRing(setup.ring);
    tell({ type: "ready" });
    const isWanted = () => !ring.isStopped && ring.generation === setup.generation;
    signFrom(ring, isWanted, engine, keys, setup.isDeterministic ? NO_RANDOMNESS : undefined, tell);
  } finally {
    for (const key of keys) key.dispose();
    engine.close();
  }
}

function signFrom(
  ring: SigningRing,
  isWanted: () => boolean,
  engine: SigningEngine,
  keys: ReturnType<typeof takeKeys>,
  aux: Uint8Array | undefined,
  tell: (event: WorkerEvent) => void,
): void {
  const digest = new Uint8Array(DIGEST_BYTES);
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const tellAfter = Math.max(1, ring.slots / TELL_PART);
  let untold = 0;
  while (isWanted()) {
    if (ring.waiting === 0) {
      if (untold > 0) tell({ type: "signed" });
      untold = 0;
      ring.waitForMessage(WAIT_MILLIS);
      continue;
    }
    ring.readDigest(digest);
    let state: SlotState = SlotState.Signed;
    try {
      engine.use(BACKEND_NAMES[ring.backendCode]!);
      engine.sign(keys[ring.keyIndex]!, digest, signature, 0, aux);
    } catch {
      state = SlotState.Failed;
    }
    ring.finish(state, signature);
    if (++untold >= tellAfter) {
      tell({ type: "signed" });
      untold = 0;
    }
  }
}
