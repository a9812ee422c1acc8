import "./abort";
import { Batch } from "./batch";
import { describe, runBatch, setNumber, setText } from "./filter";
import { hostRegion } from "./memory";

// What a module exports: docs/formats/wasm-abi.md. Its main file has `export * from` this one.

const batch = new Batch();
let description: ArrayBuffer | null = null;

export function ims_abi(): i32 {
  return 1;
}

export function ims_alloc(length: u32): usize {
  return hostRegion(length);
}

export function ims_describe(): u64 {
  let octets = description;
  if (octets == null) description = octets = String.UTF8.encode(describe());
  return ((<u64>changetype<usize>(octets)) << 32) | <u64>octets.byteLength;
}

export function ims_param(index: i32, mantissa: i64, scale: i32): i32 {
  return setNumber(index, mantissa, scale) ? 0 : 1;
}

export function ims_param_text(index: i32, address: usize, length: i32): i32 {
  return setText(index, address, length) ? 0 : 1;
}

export function ims_batch(entries: usize, count: i32): i32 {
  batch.begin(entries, count);
  runBatch(batch);
  // No object of the batch is in use any more: what it allocated is free for the next one.
  __collect();
  return batch.emitted;
}

export function ims_emitted(): usize {
  return batch.emittedTable;
}
