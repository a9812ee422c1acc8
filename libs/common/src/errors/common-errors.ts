import { type ErrorTable, errorFactory } from "./ims-error.js";

/** Codes of `@ims/common`. */
export const COMMON_ERRORS = {
  "config.definition": {
    summary: "A settings definition contradicts itself.",
    action: "Give every setting its own environment variable and flag, and a secret no flag.",
    retryable: false,
  },
  "config.invalid": {
    summary: "One or more configuration values are missing, unknown or out of range; all are listed.",
    action: "Correct the listed settings and start again.",
    retryable: false,
  },
  "decimal.inexact": {
    summary: "A decimal cannot be expressed at the requested scale without losing digits.",
    action: "Ask for a larger scale.",
    retryable: false,
  },
  "decimal.overflow": {
    summary: "A decimal does not fit an int64 mantissa with a scale of 0 to 18.",
    action:
      "Use a value between -2^63 and 2^63 - 1 units of the last digit, with at most 18 digits after the point.",
    retryable: false,
  },
  "decimal.scale": {
    summary: "A scale is not a whole number from 0 to 18.",
    action: "Use a scale from 0 to 18.",
    retryable: false,
  },
  "decimal.syntax": {
    summary: "A text is not a decimal number.",
    action:
      "Write digits with an optional leading minus, decimal point and exponent, for example -12.50 or 7e-8.",
    retryable: false,
  },
  "exchange.unknown": {
    summary: "An exchange number or name is not one of the known exchanges.",
    action: "Use one of the exchanges listed in the exchange table of the common library.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const commonError = errorFactory(COMMON_ERRORS);
