/** The same memory as a Buffer, whose `copy` is faster than that of typed arrays for a few octets. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
