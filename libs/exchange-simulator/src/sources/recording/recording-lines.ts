import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { fail } from "../../errors/simulator-errors.js";

/** Longer than any recorded message (a 5,000-level depth body has about 300 kB). */
const LINE_BYTES_MAX = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a `.jsonl.gz` or `.jsonl` file in batches, as they come from the disk, without their line ends. The
 * bytes are views that stay valid.
 *
 * @throws ImsError `simulator.recording-unreadable`
 */
export async function* recordingLines(file: string, signal?: AbortSignal): AsyncGenerator<Buffer[]> {
  const raw = createReadStream(file, signal ? { signal } : {});
  // An error of the disk ends the decompressor too, and with it the loop below.
  const bytes = file.endsWith(".gz") ? pipeline(raw, createGunzip(), () => {}) : raw;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const text: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const lines: Buffer[] = [];
      let start = 0;
      for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
        if (end > start) lines.push(text.subarray(start, end));
        start = end + 1;
      }
      rest = text.subarray(start);
      if (rest.length > LINE_BYTES_MAX) throw new Error(`a line is longer than ${LINE_BYTES_MAX} bytes`);
      if (lines.length > 0) yield lines;
    }
    if (rest.length > 0) yield [rest];
  } catch (error) {
    if (signal?.aborted) return;
    throw fail("simulator.recording-unreadable", `cannot read the recording ${file}`, { cause: error });
  } finally {
    raw.destroy();
  }
}
