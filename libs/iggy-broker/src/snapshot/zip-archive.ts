import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";

/*
 * ZIP archive: per file a local header, its name and its bytes; then per file a central header and its name; then the
 * end record. Little-endian. Only what the files here need: no 64-bit sizes, no encryption, names in ASCII.
 */
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const LOCAL_MAGIC = 0x0403_4b50;
const CENTRAL_MAGIC = 0x0201_4b50;
const END_MAGIC = 0x0605_4b50;
const VERSION_NEEDED = 20;
const METHOD = { stored: 0, deflated: 8 } as const;

export type ZipMethod = keyof typeof METHOD;

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const deflate = promisify<Uint8Array, Buffer>(deflateRaw);

/** @param modified shown as the time of every file, to two seconds, in UTC */
export async function zipArchive(
  files: readonly ZipFile[],
  method: ZipMethod,
  modified: Date,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const { name, content } of files) {
    const bytes = method === "deflated" ? await deflate(content) : content;
    const nameBytes = Buffer.from(name, "ascii");
    const facts = describeFile(content, bytes, nameBytes, METHOD[method], modified);
    const local = Buffer.alloc(LOCAL_HEADER_BYTES);
    local.writeUInt32LE(LOCAL_MAGIC, 0);
    facts.copy(local, 4);
    const central = Buffer.alloc(CENTRAL_HEADER_BYTES);
    central.writeUInt32LE(CENTRAL_MAGIC, 0);
    central.writeUInt16LE(VERSION_NEEDED, 4);
    facts.copy(central, 6);
    central.writeUInt32LE(position, 42);
    parts.push(local, nameBytes, bytes);
    directory.push(central, nameBytes);
    position += local.length + nameBytes.length + bytes.length;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_MAGIC, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The 26 bytes that both headers of a file share. */
function describeFile(
  content: Uint8Array,
  stored: Uint8Array,
  name: Uint8Array,
  method: number,
  modified: Date,
): Buffer {
  const facts = Buffer.alloc(LOCAL_HEADER_BYTES - 4);
  facts.writeUInt16LE(VERSION_NEEDED, 0);
  facts.writeUInt16LE(method, 4);
  facts.writeUInt16LE(
    (modified.getUTCHours() << 11) | (modified.getUTCMinutes() << 5) | (modified.getUTCSeconds() >> 1),
    6,
  );
  facts.writeUInt16LE(
    ((modified.getUTCFullYear() - 1980) << 9) | ((modified.getUTCMonth() + 1) << 5) | modified.getUTCDate(),
    8,
  );
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(stored.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(name.length, 22);
  return facts;
}
