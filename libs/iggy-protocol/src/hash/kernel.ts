import { KERNEL_BASE64 } from "./kernel.gen.js";

/** The part of WebAssembly that is used; Node's type package does not declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

export const PAGE_BYTES = 65_536;

/** Bytes at the start of every kernel memory that belong to the kernel itself. */
export const KERNEL_BYTES = 2048;

/** Functions of assembly/xxh3.ts. Positions are bytes in the kernel's memory; nothing is checked against its end. */
export interface HashKernel {
  xxh3(at: number, length: number): bigint;
  hashList(list: number, count: number, results: number): void;
  sealBatch(batch: number, scratch: number): void;
  checkBatch(batch: number, length: number, scratch: number, scratchBytes: number): number;
}

let compiled: object | undefined;

export function createKernelMemory(bytes: number): WasmMemory {
  return new Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
}

/** A kernel working in the given memory. The module is compiled once per thread. */
export function createKernel(memory: WasmMemory): HashKernel {
  compiled ??= new Module(Buffer.from(KERNEL_BASE64, "base64"));
  return new Instance(compiled, { env: { memory } }).exports as HashKernel;
}

/** Scratch that `sealBatch` and `checkBatch` need for a batch of this many messages. */
export function scratchBytesFor(messageCount: number): number {
  return 44 + 8 * messageCount;
}
