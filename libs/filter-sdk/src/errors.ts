import { type ErrorTable, errorFactory } from "@ims/common";

export const FILTER_SDK_ERRORS = {
  "filter-sdk.build-failed": {
    summary: "The compiler refuses the filter",
    action: "Correct what it names and build again",
    retryable: false,
  },
  "filter-sdk.bad-name": {
    summary: "The name cannot be that of a filter",
    action: "Use 1 to 64 lower-case letters, digits and dashes, a letter first",
    retryable: false,
  },
  "filter-sdk.folder-in-use": {
    summary: "There is something in the folder of the new project",
    action: "Choose another name or folder; nothing was written",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(FILTER_SDK_ERRORS);
