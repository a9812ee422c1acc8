import { type ErrorTable, errorFactory } from "@ims/common";

/** What a test made with this library can end in. Each is a finding about the tested code, or a wrong test. */
export const TESTKIT_ERRORS = {
  "testkit.hang": {
    summary: "Something that had to end did not, within the simulated time allowed for it.",
    action: "Run the named seed alone and look for who still waits, and for what",
    retryable: false,
  },
  "testkit.leak": {
    summary: "Timers or streams were left behind by something that was closed.",
    action: "Run the named seed alone and cancel or close what is counted in the message",
    retryable: false,
  },
  "testkit.transcript": {
    summary: "A recording cannot be read or cannot be played.",
    action: "Use a file of the documented transcript form, or play only its untrimmed entries",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(TESTKIT_ERRORS);
