import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface RecordedLine {
  readonly url: string;
  /** The message byte for byte, without its line. */
  readonly data: string;
}

const LINE = /^\{"t":(?:null|"[0-9]+"),"dir":"([a-z]+)","url":"((?:[^"\\]|\\.)*)".*?"data":/;

/** Incoming lines of one recording; the raw message is everything behind `"data":`. */
export function* recordedLines(file: string): Generator<RecordedLine> {
  for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n")) {
    const head = LINE.exec(line);
    if (head?.[1] === "in") yield { url: head[2]!, data: line.slice(head[0].length, -1) };
  }
}

export function readGzipJson(file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
}
