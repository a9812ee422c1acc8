import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** What a recording received: a frame of a WebSocket, or a body of HTTP. */
export interface RecordedLine {
  readonly url: string;
  /** The frame or body byte for byte: everything behind `"data":`. */
  readonly data: string;
}

const LINE = /^\{"t":(?:null|"[0-9]+"),"dir":"([a-z]+)","url":"((?:[^"\\]|\\.)*)".*?"data":/;

/** Incoming lines of one recording, `.jsonl.gz`. */
export function* recordedLines(file: string): Generator<RecordedLine> {
  for (const line of readGzipText(file).split("\n")) {
    const head = LINE.exec(line);
    if (head?.[1] === "in") yield { url: head[2]!, data: line.slice(head[0].length, -1) };
  }
}

/** The text of a `.gz` file. */
export function readGzipText(file: string): string {
  return gunzipSync(readFileSync(file)).toString("utf8");
}
