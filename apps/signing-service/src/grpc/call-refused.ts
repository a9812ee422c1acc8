import type { status } from "@grpc/grpc-js";

/** Why a call is not answered, in gRPC's terms. */
export class CallRefused extends Error {
  constructor(
    readonly code: status,
    readonly details: string,
  ) {
    super(details);
  }
}
