import type { PartitionPlace } from "../transport/ims-transport.js";

interface ReplyHeader {
  readonly sessionId: bigint;
  readonly requestId: number;
  /** Template id of the request that this answers. */
  readonly requestType: number;
}

export interface LoginAccepted extends ReplyHeader {
  readonly kind: "login-accepted";
  readonly heartbeatMillis: number;
  readonly expiryMillis: number;
  readonly symbolsPerClientMax: number;
  readonly instrumentCount: number;
  readonly instrumentsOffset: number;
  readonly serviceVersion: string;
}

export interface RequestAccepted extends ReplyHeader {
  readonly kind: "request-accepted";
  /** Subscriptions that the request ended. */
  readonly affectedCount: number;
  /** How often the service was started anew since the session was opened. */
  readonly restartCount: number;
}

export interface StartAccepted extends ReplyHeader {
  readonly kind: "start-accepted";
  readonly place: PartitionPlace;
  readonly firstOffset: number;
  readonly instrumentId: number;
  readonly dataType: number;
  readonly resolution: number;
  readonly symbol: string;
}

/** As one {@link StartAccepted} for each symbol, in the order of the request. */
export interface StartManyAccepted extends ReplyHeader {
  readonly kind: "start-many-accepted";
  readonly starts: readonly StartAccepted[];
}

export interface RequestRefused extends ReplyHeader {
  readonly kind: "refused";
  /** Which table the code is of: `ClientErrorCode` or `DataErrorCode`. */
  readonly table: "client" | "data";
  readonly code: number;
  /** The service's sentence: why, and what to do. */
  readonly text: string;
}

export type ControlReply =
  | LoginAccepted
  | RequestAccepted
  | StartAccepted
  | StartManyAccepted
  | RequestRefused;
