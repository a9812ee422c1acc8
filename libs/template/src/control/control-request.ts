/** Which generation of the schema a client speaks; replies go out in the same. */
export type SchemaGeneration = 1 | 2;

/** `Delivery` of the schema: read from the shared topics, or copied into the client's own stream. */
export const Delivery = { Shared: 1, Private: 2 } as const;
export type Delivery = (typeof Delivery)[keyof typeof Delivery];

interface RequestBase {
  readonly generation: SchemaGeneration;
  /** Template id of the message; replies name it. */
  readonly templateId: number;
  readonly clientId: number;
  readonly exchangeId: number;
  /** 0 in version 1, which has no sessions ids. */
  readonly sessionId: bigint;
  /** 0 in version 1, which cannot tell requests apart. */
  readonly requestId: bigint;
  /** By the client's clock, microseconds; part of what tells a repeated login from a second one. */
  readonly sentMicros: bigint;
}

export interface LoginRequest extends RequestBase {
  readonly kind: "login";
  readonly accessToken: string;
  readonly clientName: string;
  readonly clientVersion: string;
}

export interface LogoutRequest extends RequestBase {
  readonly kind: "logout";
}

export interface HeartbeatRequest extends RequestBase {
  readonly kind: "heartbeat";
}

export interface StartDataRequest extends RequestBase {
  readonly kind: "start";
  readonly dataType: number;
  readonly resolution: number;
  readonly delivery: Delivery;
  readonly symbol: string;
}

export interface StopDataRequest extends RequestBase {
  readonly kind: "stop";
  readonly dataType: number;
  /** 0 stops the symbol's bars of every resolution. */
  readonly resolution: number;
  readonly symbol: string;
}

export interface StopAllDataRequest extends RequestBase {
  readonly kind: "stop-all";
}

/** A request of a client, whatever schema it came in. */
export type ControlRequest =
  | LoginRequest
  | LogoutRequest
  | HeartbeatRequest
  | StartDataRequest
  | StopDataRequest
  | StopAllDataRequest;
