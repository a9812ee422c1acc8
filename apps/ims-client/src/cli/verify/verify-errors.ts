import { type ErrorTable, errorFactory } from "@ims/common";

export const VERIFY_ERRORS = {
  "verify.no-package": {
    summary: "ims verify and ims sign-key need a package that is not installed",
    action: "Install @ims/signing beside ims-client",
    retryable: false,
  },
  "verify.bad-key": {
    summary: "A public key cannot be read, or none is given",
    action:
      "Give --public-key with the hexadecimal digits that `ims sign-key show` prints, or --keys with a file of them",
    retryable: false,
  },
  "verify.nothing": {
    summary: "There is no message to verify",
    action: "Look with ims iggy topics whether the stream is written",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(VERIFY_ERRORS);
