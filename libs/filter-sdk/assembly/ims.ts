// The only imports of a module: docs/formats/wasm-abi.md. The name of this file is the module name that they have.

export declare function log(level: i32, address: usize, length: i32): void;
export declare function batch_time(): i64;
