import { type ErrorTable, errorFactory } from "@ims/common";

export const FILTER_CONTROL_ERRORS = {
  "filter.not-taken": {
    summary: "A filter service refused the command",
    action: "Correct what it names and send it again; the version before goes on",
    retryable: false,
  },
  "filter.unanswered": {
    summary: "The command is stored, and no filter service that reads this stream answered in time",
    action: "Start one that has the topic among its sources; it finds the command. See ims filter list",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(FILTER_CONTROL_ERRORS);
