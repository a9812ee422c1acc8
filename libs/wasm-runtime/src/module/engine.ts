/** The part of the engine's own interface that is used here; the types that come with Node leave it out. */
interface Engine {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => CompiledModule;
  readonly Instance: new (
    module: CompiledModule,
    imports: HostFunctions,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly RuntimeError: new (message?: string) => Error;
}

/** A compiled module; it may be handed to other threads. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]: string;
}

/** Memory of a running module; the buffer is another one after it has grown. */
export interface EngineMemory {
  readonly buffer: ArrayBuffer;
}

/** Functions that a module imports, by module name and name. */
export type HostFunctions = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

export const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
