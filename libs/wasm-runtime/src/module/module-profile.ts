/**
 * What a kind of modules may import and has to export. Types are texts: of functions as `(i32, i64) -> (i32)`, without
 * results `()`, and `memory`, `table`, `global i32`.
 */
export interface ModuleProfile {
  readonly name: string;
  /** By `module.name`; all may be missing in a module, none may be of another type. */
  readonly imports: Readonly<Record<string, string>>;
  /** By name. */
  readonly exports: Readonly<Record<string, string>>;
  /** Those that may be missing, but not of another type. Further exports are free and never used. */
  readonly optionalExports: Readonly<Record<string, string>>;
}

/** Filters: docs/formats/wasm-abi.md. */
export const FILTER_PROFILE: ModuleProfile = {
  name: "filter",
  imports: {
    "ims.log": "(i32, i32, i32) -> ()",
    "ims.batch_time": "() -> (i64)",
  },
  exports: {
    memory: "memory",
    ims_abi: "() -> (i32)",
    ims_alloc: "(i32) -> (i32)",
    ims_batch: "(i32, i32) -> (i32)",
  },
  optionalExports: {
    ims_describe: "() -> (i64)",
    ims_param: "(i32, i64, i32) -> (i32)",
    ims_param_text: "(i32, i32, i32) -> (i32)",
    ims_emitted: "() -> (i32)",
    ims_snapshot: "() -> (i64)",
    ims_restore: "(i32, i32) -> (i32)",
    _initialize: "() -> ()",
  },
};
