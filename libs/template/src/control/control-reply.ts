import { type ClientErrorCode, type DataErrorCode, type Delivery, RefusalKind } from "@ims/common";
import type { SchemaGeneration } from "./control-request.js";

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
  /** How often the service was started anew since the session was opened. */
  readonly restartCount: number;
}

/** Where the data of one symbol is. */
export interface StartedSymbol {
  readonly symbol: string;
  readonly instrumentId: number;
  readonly partitionId: number;
  readonly firstOffset: number;
}

export interface StartAcceptedReply extends ReplyBase {
  readonly kind: "start-accepted";
  readonly dataType: number;
  readonly resolution: number;
  readonly delivery: Delivery;
  readonly stream: string;
  readonly topic: string;
  /** In the order of the request; one unless the request was one for several. */
  readonly symbols: readonly StartedSymbol[];
}

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
