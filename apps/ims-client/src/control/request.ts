import type { DataType } from "@ims/common";

/** Template ids of the requests and replies of schema version 2. Frozen. */
export const ControlTemplate = {
  LoginRequest: 110,
  LogoutRequest: 111,
  HeartbeatRequest: 112,
  StartDataRequest: 113,
  StopDataRequest: 114,
  StopAllDataRequest: 115,
  LoginAccepted: 120,
  RequestAccepted: 121,
  StartAccepted: 122,
  RequestRefused: 129,
} as const;

/** A request as plain values; session, request id, client and exchange are added when it is encoded. */
export type ControlRequest =
  | {
      readonly kind: "login";
      readonly accessToken: string;
      readonly clientName: string;
      readonly clientVersion: string;
    }
  | { readonly kind: "logout" | "heartbeat" | "stop-all" }
  | DataRequest;

export interface DataRequest {
  readonly kind: "start" | "stop";
  readonly dataType: DataType;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  readonly symbol: string;
}

/** What all requests carry. */
export interface RequestHeader {
  readonly sessionId: bigint;
  readonly requestId: number;
  readonly clientId: number;
  readonly exchangeId: number;
  readonly sentMicros: number;
}

/** For people, in error messages: `the start of BTCUSDT`. */
export function describeRequest(request: ControlRequest): string {
  switch (request.kind) {
    case "start":
    case "stop":
      return `the ${request.kind} of ${request.symbol}`;
    case "stop-all":
      return "the stop of all data";
    default:
      return `the ${request.kind}`;
  }
}
