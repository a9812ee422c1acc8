import { type ErrorTable, errorFactory } from "@ims/common";

/** What a gRPC host can report. */
export const GRPC_HOST_ERRORS = {
  "grpc.address": {
    summary: "A gRPC service cannot listen on its address.",
    action:
      "End the process that has the address, or set another host:port by the setting that the message names.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(GRPC_HOST_ERRORS);
