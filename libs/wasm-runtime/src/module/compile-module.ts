import type { CheckedModule } from "./check-module.js";
import { type CompiledModule, engine, type HostFunctions } from "./engine.js";

/** Compiles what was checked. Nothing of the module runs. */
export function compileModule(checked: Pick<CheckedModule, "bytes">): CompiledModule {
  return new engine.Module(checked.bytes);
}

/**
 * Runs the start function of a compiled module, if it has one, and gives its exports. Their types are those that the
 * profile of the check names, because the binary was compared with it; the caller states them by `Exports`.
 * @param imports one function for each import; further ones are left unused
 * @throws what the engine throws for a trap of the start function
 */
export function instantiateModule<Exports>(module: CompiledModule, imports: HostFunctions): Exports {
  return new engine.Instance(module, imports).exports as Exports;
}
