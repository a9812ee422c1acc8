/** Octets of UTF-8, to compare with texts of records. Make it once, before the first batch. */
export class Text {
  private constructor(
    public address: usize,
    public length: i32,
  ) {}

  /** The octets of a string. */
  static of(text: string): Text {
    const length = String.UTF8.byteLength(text);
    const address = heap.alloc(max(length, 1));
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, address);
    return new Text(address, length);
  }

  /** A copy of octets, in memory that stays; the text of before gives its own back. */
  set(address: usize, length: i32): void {
    const own = heap.alloc(max(length, 1));
    memory.copy(own, address, length);
    heap.free(this.address);
    this.address = own;
    this.length = length;
  }

  equals(address: usize, length: i32): bool {
    return length == this.length && memory.compare(address, this.address, length) == 0;
  }

  /** A new string, for logs. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.address, this.length);
  }
}

/** Octets before the first 0 of a field that is padded with them. */
export function paddedLength(address: usize, most: i32): i32 {
  let length = 0;
  while (length < most && load<u8>(address + length) != 0) length++;
  return length;
}

export function paddedEquals(address: usize, most: i32, text: Text): bool {
  const length = text.length;
  if (length > most || memory.compare(address, text.address, length) != 0) return false;
  return length == most || load<u8>(address + length) == 0;
}

export function paddedStartsWith(address: usize, most: i32, text: Text): bool {
  return text.length <= most && memory.compare(address, text.address, text.length) == 0;
}

export function setPadded(address: usize, most: i32, text: Text): bool {
  if (text.length > most) return false;
  memory.fill(address, 0, most);
  memory.copy(address, text.address, text.length);
  return true;
}
