import type { BackendName, SigningBackend } from "./backend.js";
import { JsBackend } from "./js-backend.js";
import { NativeBackend } from "./native-backend.js";
import { WasmBackend } from "./wasm-backend.js";

/**
 * Loads a backend. One that cannot be loaded is refused; none stands in for another.
 * @throws ImsError `signing.backend-unavailable`
 */
export function openBackend(name: BackendName): SigningBackend {
  switch (name) {
    case "native":
      return new NativeBackend();
    case "wasm":
      return new WasmBackend();
    case "js":
      return new JsBackend();
  }
}
