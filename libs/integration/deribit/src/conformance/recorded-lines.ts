import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const LINE = /^\{"t":(?:null|"[0-9]+"),"dir":"([a-z]+)","url":"((?:[^"\\]|\\.)*)".*?"data":/;

/** Frames of WebSockets that one recording received, each byte for byte: everything behind `"data":`. */
export function* recordedFrames(file: string): Generator<string> {
  for (const line of readPacked(file).split("\n")) {
    const head = LINE.exec(line);
    if (head?.[1] === "in" && head[2]!.startsWith("ws")) yield line.slice(head[0].length, -1);
  }
}

export function readPacked(file: string): string {
  return gunzipSync(readFileSync(file)).toString("utf8");
}
