import { type ErrorTable, errorFactory } from "@ims/common";

/** What running chains of filters can report. */
export const FILTER_SERVICE_ERRORS = {
  "filter-service.stopped": {
    summary: "A filter failed on a batch, and its policy is to stop.",
    action:
      "Deploy a version without the mistake, disable the filter, or choose the policy drop or pass; then start the service again.",
    retryable: false,
  },
  "filter-service.slower-than-before": {
    summary: "A filter gave no answer in time for records that it had handled before a restart.",
    action:
      "Nothing: it is tried again. If it comes back, give the filter more time or the machine less work.",
    retryable: true,
  },
  "filter-service.bad-state": {
    summary: "A checkpoint or note of the filter service cannot be read.",
    action:
      "Start a version of the service that reads it, or begin anew under another name (IMS_FILTER_NAME).",
    retryable: false,
  },
  "filter-service.not-runnable": {
    summary: "A filter that ran before a restart cannot be started.",
    action:
      "Look at the cause; it is tried again. `ims filter disable` does not undo what was decided before.",
    retryable: true,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(FILTER_SERVICE_ERRORS);
