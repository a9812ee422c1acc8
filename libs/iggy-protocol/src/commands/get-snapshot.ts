import type { ByteReader } from "../primitives/byte-reader.js";
import { commandCodec } from "./command-codec.js";

const COMPRESSION_CODES = { stored: 1, deflated: 2, bzip2: 3, zstd: 4, lzma: 5, xz: 6 } as const;
const PART_CODES = {
  "filesystem-overview": 1,
  "process-list": 2,
  "resource-usage": 3,
  test: 4,
  "server-logs": 5,
  "server-config": 6,
  all: 100,
} as const;

export type SnapshotCompression = keyof typeof COMPRESSION_CODES;
export type SnapshotPart = keyof typeof PART_CODES;

export interface GetSnapshotRequest {
  readonly compression: SnapshotCompression;
  /** `all` must stand alone; no part gives an empty archive. */
  readonly parts: readonly SnapshotPart[];
}

/** `[compression u8][count u8]{[part u8]}` → the bytes of a ZIP archive, a view into the reply. */
export const getSnapshot = commandCodec<GetSnapshotRequest, Uint8Array>("get snapshot", {
  writeRequest(writer, request) {
    if (request.parts.length > 1 && request.parts.includes("all")) {
      throw writer.outOfRange(request.parts.join(", "), "parts", '"all" alone, or others without it');
    }
    writer.u8(COMPRESSION_CODES[request.compression], "compression").u8(request.parts.length, "part count");
    for (const part of request.parts) writer.u8(PART_CODES[part], "part");
  },
  readRequest(reader) {
    const compression = nameOf(COMPRESSION_CODES, reader, "compression");
    const parts: SnapshotPart[] = [];
    for (let left = reader.u8("part count"); left > 0; left--) parts.push(nameOf(PART_CODES, reader, "part"));
    if (parts.length > 1 && parts.includes("all")) {
      throw reader.invalid("parts", `"all" stands beside others`, reader.position - parts.length);
    }
    return { compression, parts };
  },
  writeReply: (writer, archive) => void writer.raw(archive),
  readReply: (reader) => reader.rest(),
});

function nameOf<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  reader: ByteReader,
  field: string,
): Name {
  const code = reader.u8(field);
  const name = (Object.keys(codes) as Name[]).find((candidate) => codes[candidate] === code);
  if (name === undefined) throw reader.invalid(field, `${code} is not defined`, reader.position - 1);
  return name;
}
