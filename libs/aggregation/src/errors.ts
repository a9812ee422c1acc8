import { type ErrorTable, errorFactory } from "@ims/common";

/** What the aggregation engine can report. */
export const AGGREGATION_ERRORS = {
  "aggregation.bad-plan": {
    summary: "Windows, half-lives or lateness are not usable.",
    action:
      "Give windows of 1ms to 168h, half-lives as 20t (trades) or 30s and of at least a 500th of the shortest window, and lateness of at most 100 of the shortest windows.",
    retryable: false,
  },
  "aggregation.plan-changed": {
    summary: "The stored state was made with other windows, half-lives or lateness.",
    action: "Start with the plan that the message names, or give the processor another name to begin anew.",
    retryable: false,
  },
  "aggregation.bad-state": {
    summary: "Stored octets are no state of this engine.",
    action:
      "Delete the checkpoint topic and the outputs to begin anew; report it if no other program wrote there.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(AGGREGATION_ERRORS);
