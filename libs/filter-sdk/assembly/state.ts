import { Text } from "./text";

/** Writes a state; numbers are little-endian. Its memory is used again for every snapshot. */
export class StateWriter {
  private start: usize = 0;
  private room: u32 = 0;
  private end: u32 = 0;

  /** Of the exports alone: begins a snapshot. */
  begin(): void {
    this.end = 0;
  }

  get address(): usize {
    return this.start;
  }

  get length(): u32 {
    return this.end;
  }

  u32(value: u32): void {
    store<u32>(this.reserve(4), value);
  }

  i64(value: i64): void {
    store<i64>(this.reserve(8), value);
  }

  f64(value: f64): void {
    store<f64>(this.reserve(8), value);
  }

  /** A length of 4 octets and so many octets. */
  octets(address: usize, length: u32): void {
    this.u32(length);
    memory.copy(this.reserve(length), address, length);
  }

  text(value: Text): void {
    this.octets(value.address, value.length);
  }

  private reserve(length: u32): usize {
    if (this.end + length > this.room) {
      const room = max(1024, max(this.room * 2, this.end + length));
      const address = heap.alloc(room);
      memory.copy(address, this.start, this.end);
      if (this.start != 0) heap.free(this.start);
      this.start = address;
      this.room = room;
    }
    const at = this.start + this.end;
    this.end += length;
    return at;
  }
}

/** Reads a state in the order in which it was written. Behind its end everything is 0 and `failed` is true. */
export class StateReader {
  /** Whether something was asked for that is not there. */
  failed: bool = false;

  constructor(
    private at: usize,
    private left: u32,
  ) {}

  /** Octets that were not read yet. */
  get remaining(): u32 {
    return this.left;
  }

  u32(): u32 {
    const at = this.take(4);
    return at == 0 ? 0 : load<u32>(at);
  }

  i64(): i64 {
    const at = this.take(8);
    return at == 0 ? 0 : load<i64>(at);
  }

  f64(): f64 {
    const at = this.take(8);
    return at == 0 ? 0 : load<f64>(at);
  }

  /** A text written as such. */
  text(): Text {
    const length = this.u32();
    const text = Text.of("");
    const at = this.take(length);
    if (at != 0) text.set(at, <i32>length);
    return text;
  }

  private take(length: u32): usize {
    if (length > this.left || this.failed) {
      this.failed = true;
      return 0;
    }
    const at = this.at;
    this.at += length;
    this.left -= length;
    return at;
  }
}
