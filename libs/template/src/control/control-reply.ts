import type { ClientErrorCode, DataErrorCode } from "@ims/common";
import type { Delivery, SchemaGeneration } from "./control-request.js";

interface ReplyBase {
  readonly generation: SchemaGeneration;
  /** Template id of the request that this answers. */
  readonly requestType: number;
  readonly clientId: number;
  readonly sessionId: bigint;
  readonly requestId: bigint;
}

export interface LoginAcceptedReply extends ReplyBase {
  readonly kind: "login-accepted";
  readonly heartbeatMillis: number;
  readonly expiryMillis: number;
  readonly subscriptionsPerClientMax: number;
  readonly instrumentCount: number;
  readonly instrumentsOffset: number;
}

export interface AcceptedReply extends ReplyBase {
  readonly kind: "accepted";
  /** Subscriptions that the request ended. */
  readonly affectedCount: number;
}

export interface StartAcceptedReply extends ReplyBase {
  readonly kind: "start-accepted";
  readonly dataType: number;
  readonly resolution: number;
  readonly delivery: Delivery;
  readonly symbol: string;
  readonly instrumentId: number;
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
  readonly firstOffset: number;
}

/** Which table a refusal's code is of; `RefusalKind` of the schema. */
export const RefusalKind = { Client: 1, Data: 2 } as const;

/** What was refused and why: the code for programs, the sentence for people. */
export type Refusal =
  | { readonly refusalKind: typeof RefusalKind.Client; readonly code: ClientErrorCode; readonly text: string }
  | { readonly refusalKind: typeof RefusalKind.Data; readonly code: DataErrorCode; readonly text: string };

export type RefusedReply = ReplyBase & Refusal & { readonly kind: "refused" };

export type ControlReply = LoginAcceptedReply | AcceptedReply | StartAcceptedReply | RefusedReply;

export function refuseClient(code: ClientErrorCode, text: string): Refusal {
  return { refusalKind: RefusalKind.Client, code, text };
}

export function refuseData(code: DataErrorCode, text: string): Refusal {
  return { refusalKind: RefusalKind.Data, code, text };
}
