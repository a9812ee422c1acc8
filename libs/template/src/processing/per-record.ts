import type { InputRecords, ProcessorTask, RecordOutput } from "@ims/traits";

/**
 * The `process` of a task that looks at one record at a time: `handle` is called for each of them once there is room for
 * outputs. It works in one turn of the event loop unless the output is full.
 */
export function perRecord(
  handle: (records: InputRecords, output: RecordOutput) => void,
): ProcessorTask["process"] {
  return (records, output) => {
    while (output.accepting) {
      if (!records.next()) return;
      handle(records, output);
    }
    return whenThereIsRoom(handle, records, output);
  };
}

async function whenThereIsRoom(
  handle: (records: InputRecords, output: RecordOutput) => void,
  records: InputRecords,
  output: RecordOutput,
): Promise<void> {
  for (;;) {
    if (!output.accepting) await output.whenAccepting();
    if (!records.next()) return;
    handle(records, output);
  }
}
