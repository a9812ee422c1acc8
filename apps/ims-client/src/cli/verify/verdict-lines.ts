import type { OutputFormat } from "../cli-settings.js";
import { printable } from "../output/columns.js";
import { csvLine } from "../output/csv.js";
import type { PartitionVerdict } from "./check-partition.js";

/** First line of CSV. */
export const VERDICT_CSV_HEADER = csvLine([
  "stream",
  "topic",
  "partition",
  "ok",
  "messages",
  "batches",
  "waiting",
  "skipped",
  "repeated",
  "offset",
  "reason",
  "detail",
]);

/** One partition as a line of the output. */
export function verdictLine(verdict: PartitionVerdict, format: OutputFormat): string {
  const {
    stream,
    topic,
    partitionId: partition,
    messages,
    batches,
    waiting,
    skipped,
    repeated,
    fault,
  } = verdict;
  const ok = fault === undefined;
  if (format === "json") {
    const counts = { messages, batches, waiting, skipped, repeated };
    return `${JSON.stringify({ stream, topic, partition, ok, ...counts, ...(fault ? { fault } : {}) })}\n`;
  }
  if (format === "csv") {
    const counts = [messages, batches, waiting, skipped, repeated].map(String);
    const bad = fault ? [String(fault.offset), fault.reason, fault.detail] : ["", "", ""];
    return csvLine([stream, topic, String(partition), String(ok), ...counts, ...bad]);
  }
  const place = printable(`${stream}/${topic}/${partition}`);
  if (fault) return `${place}: BAD at offset ${fault.offset} (${fault.reason}): ${printable(fault.detail)}\n`;
  const remarks = [
    `${messages} messages as they were signed`,
    ...(batches > 0 ? [`in ${batches} batches`] : []),
    ...(waiting > 0 ? [`${waiting} at the end wait for the signature of their batch`] : []),
    ...(skipped > 0 ? [`${skipped} before the first whole batch not checked`] : []),
    ...(repeated > 0 ? [`${repeated} stored twice`] : []),
  ];
  return `${place}: ok, ${remarks.join(", ")}\n`;
}
