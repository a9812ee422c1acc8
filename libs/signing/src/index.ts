export * from "./backends/backend.js";
export {
  compileEd25519Module,
  ED25519_PROFILE,
  readInstalledEd25519Module,
} from "./backends/ed25519-module.js";
export { openBackend } from "./backends/open-backend.js";
export { compileSigningModule, readInstalledModule, SECP256K1_PROFILE } from "./backends/secp256k1-module.js";
export type { CompiledSigningModule, SigningModule } from "./backends/signing-module.js";
export { WasmBackend } from "./backends/wasm-backend.js";
export { type RandomFill, systemRandom } from "./engine/random-source.js";
export * from "./engine/signed-message.js";
export * from "./engine/signing-engine.js";
export { SIGNING_ERRORS } from "./errors.js";
export * from "./keys/key-sources.js";
export { keyIdOf, SigningKey } from "./keys/signing-key.js";
export * from "./merkle/batch-record.js";
export * from "./merkle/batch-signature.js";
export * from "./merkle/inclusion-proof.js";
export * from "./merkle/merkle-tree.js";
export { SigningPool, type SigningPoolOptions } from "./pool/signing-pool.js";
export * from "./schemes.js";
export * from "./stream/signed-content.js";
export * from "./stream/signed-headers.js";
export * from "./stream/stream-verifier.js";
