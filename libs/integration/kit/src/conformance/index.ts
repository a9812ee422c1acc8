export { differences } from "./differences.js";
export type { ExpectedSession } from "./expectations.js";
export { printRecordings } from "./print-recordings.js";
export { type RecordedLine, readGzipText, recordedLines } from "./recorded-lines.js";
export { type Outcome, type RecordingReport, runRecordings, type VenueRecordings } from "./run-recordings.js";
