import type { RecordOutput } from "@ims/traits";
import type { RecordBatch } from "../chain/record-batch.js";
import { bufferOf } from "../chain/stage-output.js";

/** Publishes all records, each as made of the input record that it comes from. Waits while the output is full. */
export async function publishBatch(batch: RecordBatch, output: RecordOutput): Promise<void> {
  const from = bufferOf(batch.bytes);
  for (let index = 0; index < batch.count; index++) {
    if (!output.accepting) await output.whenAccepting();
    const start = batch.offsets[index]!;
    const length = batch.lengths[index]!;
    const at = output.reserve(length);
    from.copy(output.bytes, at, start, start + length);
    output.commit(length, batch.origins[index]!);
  }
}
