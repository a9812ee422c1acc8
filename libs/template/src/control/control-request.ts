import type { Delivery } from "@ims/common";

/** Which generation of the schema a client speaks; replies go out in the same. */
export type SchemaGeneration = 1 | 2;

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

interface SymbolsRequest extends RequestBase {
  readonly dataType: number;
  /** Each once; empty where {@link symbolCount} is out of range. */
  readonly symbols: readonly string[];
  /** Symbols that the message announces. */
  readonly symbolCount: number;
}

export interface StartDataRequest extends SymbolsRequest {
  readonly kind: "start";
  readonly resolution: number;
  readonly delivery: Delivery;
}

export interface StopDataRequest extends SymbolsRequest {
  readonly kind: "stop";
  /** 0 stops the symbols' bars of every resolution. */
  readonly resolution: number;
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
