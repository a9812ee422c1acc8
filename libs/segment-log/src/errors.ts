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
    action:
      "Restore the file from a backup, or run `ims broker repair --data-dir FOLDER` (`iggy-broker repair` is the same), which says what is lost and keeps a copy of what it cuts off.",
    retryable: false,
  },
  "log.gap": {
    summary: "A segment does not continue where the one before it ends.",
    action:
      "Restore the missing segment from a backup, or run `ims broker repair --data-dir FOLDER` (`iggy-broker repair` is the same), which sets the segments in front of the gap aside.",
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
    summary: "The operating system refused a write or its sync; the log stands as before it.",
    action: "Free space or repair the disk, then send the record again.",
    retryable: true,
  },
  "log.sync-failed": {
    summary: "The operating system refused a sync; what was not synced before may be lost with the power.",
    action: "Free space or repair the disk; the next append or sync makes up for it.",
    retryable: true,
  },
  "log.failed": {
    summary:
      "A sync failed and bytes that had been written are gone; the log is read but takes no more records.",
    action: "Repair the disk and restart: recovery keeps everything in front of the damage.",
    retryable: false,
  },
  "log.closed": {
    summary: "The log was closed.",
    action: "Open it again.",
    retryable: false,
  },
  "journal.corrupt": {
    summary: "A journal entry or snapshot that had been synced is damaged.",
    action:
      "Restore the file from a backup, or run `ims broker repair --data-dir FOLDER` (`iggy-broker repair` is the same), which says what is lost and keeps a copy of what it cuts off.",
    retryable: false,
  },
  "journal.failed": {
    summary: "Writing or syncing the journal failed; it is not known whether the entry is on disk.",
    action: "Free space or repair the disk, then append again.",
    retryable: true,
  },
  "journal.entry-too-long": {
    summary: "An entry is longer than a journal takes.",
    action: "Split it; 16 MiB is the limit.",
    retryable: false,
  },
  "journal.closed": {
    summary: "The journal was closed.",
    action: "Open it again.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(STORAGE_ERRORS);
