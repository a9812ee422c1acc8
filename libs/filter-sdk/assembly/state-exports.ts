import { readState, writeState } from "./filter";
import { StateReader, StateWriter } from "./state";

// What a module with a state exports besides: its main file has `export * from` this one too.

const writer = new StateWriter();

export function ims_snapshot(): u64 {
  writer.begin();
  writeState(writer);
  __collect();
  return ((<u64>writer.address) << 32) | <u64>writer.length;
}

export function ims_restore(address: usize, length: u32): i32 {
  const isRead = readState(new StateReader(address, length));
  __collect();
  return isRead ? 0 : 1;
}
