import { error } from "./log";

/** What a failed assertion, a null or an index beyond an array become: a line of the log, then a trap of the batch. */
export function fail(message: string | null, file: string | null, row: u32, column: u32): void {
  const what = message == null ? "aborted" : message;
  error(file == null ? what : what + " (" + file + ":" + row.toString() + ":" + column.toString() + ")");
  unreachable();
}
