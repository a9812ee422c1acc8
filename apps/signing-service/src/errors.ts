import { type ErrorTable, errorFactory } from "@ims/common";

/** What the signing service can report. */
export const SIGNING_SERVICE_ERRORS = {
  "signing-service.no-key": {
    summary: "There is no key to sign with.",
    action:
      "Make one with `ims sign-key new FILE` and name it with IMS_SIGN_KEY_FILE, or put its 64 hexadecimal digits into IMS_SIGN_KEY.",
    retryable: false,
  },
  "signing-service.bad-setting": {
    summary: "Settings of the signing service do not go together.",
    action: "Change what the message names.",
    retryable: false,
  },
  "signing-service.bad-state": {
    summary: "A checkpoint of the signing service was written with other settings, or cannot be read.",
    action:
      "Set IMS_SIGN_MODE, IMS_SIGN_BATCH and IMS_SIGN_BATCH_MILLIS as before, or begin anew under another name (IMS_SIGN_NAME).",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(SIGNING_SERVICE_ERRORS);
