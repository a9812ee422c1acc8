import { type ErrorTable, errorFactory } from "@ims/common";

export const FILTER_COMMAND_ERRORS = {
  "filter.no-package": {
    summary: "ims filter needs a package that is not installed",
    action: "Install @ims/filter-sdk and @ims/wasm-runtime beside ims-client",
    retryable: false,
  },
  "filter.no-file": {
    summary: "A file cannot be read or written",
    action: "Correct the path",
    retryable: false,
  },
  "filter.bad-input": {
    summary: "The input holds something else than records",
    action: "Record it with ims tail STREAM/TOPIC --decode hex --json, or as frames",
    retryable: false,
  },
  "filter.incomplete": {
    summary: "The filter says that it has a state and does not export what saves it",
    action: 'Add export * from "@ims/filter-sdk/assembly/state-exports" to its main file',
    retryable: false,
  },
  "filter.too-slow": {
    summary: "The filter did not end in time",
    action: "Look for a loop without an end, or allow more with --batch-millis",
    retryable: false,
  },
  "filter.unexpected": {
    summary: "The filter made something else of the records than was expected",
    action: "Correct the filter, or write the expectation anew with --update",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(FILTER_COMMAND_ERRORS);
