import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const LINE = /^\{"t":(?:null|"[0-9]+"),"dir":"([a-z]+)","url":"((?:[^"\\]|\\.)*)".*?"data":/;

export interface RecordedLine {
  readonly url: string;
  /** The frame or body byte for byte: everything behind `"data":`. */
  readonly data: string;
}

/** What one recording received, frames of WebSockets and bodies of HTTP. */
export function* recordedLines(file: string): Generator<RecordedLine> {
  for (const line of readPacked(file).split("\n")) {
    const head = LINE.exec(line);
    if (head?.[1] === "in") yield { url: head[2]!, data: line.slice(head[0].length, -1) };
  }
}

export function readPacked(file: string): string {
  return gunzipSync(readFileSync(file)).toString("utf8");
}
