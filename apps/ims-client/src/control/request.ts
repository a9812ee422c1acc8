import type { DataType } from "@ims/common";

/** Template ids of the requests and replies of schema version 2. Frozen. */
export const ControlTemplate = {
  LoginRequest: 110,
  LogoutRequest: 111,
  HeartbeatRequest: 112,
  StartDataRequest: 113,
  StopDataRequest: 114,
  StopAllDataRequest: 115,
  StartManyRequest: 116,
  StopManyRequest: 117,
  LoginAccepted: 120,
  RequestAccepted: 121,
  StartAccepted: 122,
  StartManyAccepted: 123,
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
  | DataRequest
  | ManyDataRequest;

export interface DataRequest {
  readonly kind: "start" | "stop";
  readonly dataType: DataType;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  readonly symbol: string;
}

/** One kind of data of several symbols; a start is carried out for all of them or not at all. */
export interface ManyDataRequest {
  readonly kind: "start-many" | "stop-many";
  readonly dataType: DataType;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  /** At most `SYMBOLS_PER_REQUEST_MAX`, each once. */
  readonly symbols: readonly string[];
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
    case "start-many":
    case "stop-many":
      return `the ${request.kind === "start-many" ? "start" : "stop"} of ${request.symbols.length} symbols`;
    case "stop-all":
      return "the stop of all data";
    default:
      return `the ${request.kind}`;
  }
}
