import { readFileSync } from "node:fs";
import { fail } from "../errors.js";

/** One line of a recorded exchange; the form is described in the README beside the recordings. */
export interface TranscriptEntry {
  /** One letter per connection. */
  readonly conn: string;
  readonly dir: "c2s" | "s2c";
  /** Instead of a frame: a side closed, or nothing came within a time. */
  readonly event?: string;
  /** The whole frame, or its first 1024 bytes where `trimmed` is set. */
  readonly hex?: string;
  readonly len?: number;
  readonly note?: string;
  readonly trimmed?: boolean;
  readonly header?: { readonly operation?: string; readonly request?: string };
  /** Bytes that differ from run to run. */
  readonly varies?: readonly { readonly at: number; readonly len: number; readonly what: string }[];
}

export interface Transcript {
  readonly id: string;
  readonly title: string;
  readonly area: string;
  readonly sizesMayVary?: boolean;
  readonly serverDefect?: unknown;
  readonly exchange: readonly TranscriptEntry[];
}

/** Reads a recording. Throws `testkit.transcript` for a file of another form. */
export function readTranscript(path: string): Transcript {
  let found: Partial<Transcript>;
  try {
    found = JSON.parse(readFileSync(path, "utf8")) as Partial<Transcript>;
  } catch (cause) {
    throw fail("testkit.transcript", `${path} cannot be read`, { cause });
  }
  if (typeof found.id !== "string" || !Array.isArray(found.exchange)) {
    throw fail("testkit.transcript", `${path} has no id or no exchange`);
  }
  return found as Transcript;
}

/** The frame of an entry; throws `testkit.transcript` where the recording holds only its beginning. */
export function entryFrame(transcript: Transcript, entry: TranscriptEntry): Uint8Array {
  if (entry.hex === undefined || entry.trimmed) {
    const why = entry.trimmed ? "is recorded in shortened form" : "is no frame";
    throw fail("testkit.transcript", `${transcript.id}: "${entry.note ?? entry.event}" ${why}`);
  }
  return new Uint8Array(Buffer.from(entry.hex, "hex"));
}
