import { type ErrorTable, errorFactory } from "@ims/common";

/** What storage can report. `context` carries `path` and, where it is known, `position` in bytes. */
export const STORAGE_ERRORS = {
  "file.locked": {
    summary: "A living process holds the lock file.",
    action: "Stop that process or use another folder.",
    retryable: false,
  },
  "log.corrupt": {
    summary: "Stored bytes do not form a valid record at a place that recovery must not cut off.",
    action: "Restore the file from a backup, or move it and all later segments away and accept their loss.",
    retryable: false,
  },
  "log.gap": {
    summary: "A segment does not continue where the one before it ends.",
    action: "Restore the missing segment, or move the later segments away and accept their loss.",
    retryable: false,
  },
  "log.format": {
    summary: "A file carries an unknown magic or format version.",
    action: "Open the folder with the version that wrote it.",
    retryable: false,
  },
  "log.record-invalid": {
    summary: "A record handed to append does not continue the log or has an impossible length.",
    action: "Stamp records with the log's next offset, in the order of the appends.",
    retryable: false,
  },
  "log.write-failed": {
    summary: "The operating system refused a write; the log stands as before it.",
    action: "Free space or repair the disk, then send the record again.",
    retryable: true,
  },
  "log.failed": {
    summary: "A sync failed earlier, so it is unknown what the disk holds; the log takes no more records.",
    action: "Check the disk, then open the log again.",
    retryable: false,
  },
  "log.closed": {
    summary: "The log was closed.",
    action: "Open it again.",
    retryable: false,
  },
  "journal.corrupt": {
    summary: "A journal entry or snapshot that had been synced is damaged.",
    action: "Restore the file from a backup.",
    retryable: false,
  },
  "journal.failed": {
    summary: "Writing or syncing the journal failed.",
    action: "Free space or repair the disk, then open the journal again.",
    retryable: false,
  },
  "journal.closed": {
    summary: "The journal was closed.",
    action: "Open it again.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(STORAGE_ERRORS);
