import { type ErrorTable, errorFactory } from "@ims/common";

export const MERGED_ERRORS = {
  "merged.no-client": {
    summary: "ims merged needs a package that is not installed",
    action: "Install @ims/book-proto beside ims-client",
    retryable: false,
  },
  "merged.no-symbol": {
    summary: "No symbol was given",
    action: "Name one, as in ims merged BTCUSDT, or set SYMBOL",
    retryable: false,
  },
  "merged.no-service": {
    summary: "No order-book service answers, or it went away",
    action: "Start it with npx nx run order-book-service:serve, or set GRPC_ADDR to where it runs",
    retryable: true,
  },
  "merged.refused": {
    summary: "The order-book service refused the request",
    action: "Correct the request and send it again",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(MERGED_ERRORS);
