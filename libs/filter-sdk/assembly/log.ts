import { log } from "./ims";

const LINE_BYTES: i32 = 1024;
const line = memory.data(1024, 8);

/** One line of the filter's log; the host keeps 1,024 octets of it and few lines a second. */
export function debug(text: string): void {
  write(0, text);
}

export function info(text: string): void {
  write(1, text);
}

export function warn(text: string): void {
  write(2, text);
}

export function error(text: string): void {
  write(3, text);
}

function write(level: i32, text: string): void {
  // A UTF-16 unit makes at most 3 octets of UTF-8.
  const units = min(text.length, LINE_BYTES / 3);
  const length = String.UTF8.encodeUnsafe(changetype<usize>(text), units, line);
  log(level, line, <i32>length);
}
