import { IggyErrorCode } from "./iggy-error-code.js";

/** Why a server sent an eviction frame in place of a reply. */
export const EvictionReason = {
  Reserved: 0,
  NoSession: 1,
  ClientReleaseTooLow: 2,
  ClientReleaseTooHigh: 3,
  InvalidRequestOperation: 4,
  InvalidRequestBody: 5,
  InvalidRequestBodySize: 6,
  SessionTooLow: 7,
  SessionReleaseMismatch: 8,
  InvalidCredentials: 9,
  InvalidToken: 10,
  UserInactive: 11,
  SessionError: 12,
  StaleClient: 13,
  IncompatibleProtocol: 14,
  MalformedLogin: 15,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(EvictionReason).map(([name, reason]) => [reason, name]),
);

export function evictionReasonName(reason: number): string {
  return NAMES.get(reason) ?? `Unknown(${reason})`;
}

const ERROR_OF_REASON: ReadonlyMap<number, number> = new Map<number, number>([
  [EvictionReason.Reserved, IggyErrorCode.InvalidCommand],
  [EvictionReason.NoSession, IggyErrorCode.Unauthenticated],
  [EvictionReason.ClientReleaseTooLow, IggyErrorCode.InvalidCommand],
  [EvictionReason.ClientReleaseTooHigh, IggyErrorCode.InvalidCommand],
  [EvictionReason.InvalidRequestOperation, IggyErrorCode.InvalidCommand],
  [EvictionReason.InvalidRequestBody, IggyErrorCode.InvalidCommand],
  [EvictionReason.InvalidRequestBodySize, IggyErrorCode.InvalidCommand],
  [EvictionReason.InvalidCredentials, IggyErrorCode.InvalidCredentials],
  [EvictionReason.InvalidToken, IggyErrorCode.InvalidPersonalAccessToken],
  [EvictionReason.StaleClient, IggyErrorCode.StaleClient],
  [EvictionReason.IncompatibleProtocol, IggyErrorCode.IncompatibleProtocolVersion],
  [EvictionReason.MalformedLogin, IggyErrorCode.InvalidFormat],
]);

/** The error number that the official clients raise for an eviction; 40 for reasons they do not know. */
export function evictionErrorCode(reason: number): number {
  return ERROR_OF_REASON.get(reason) ?? IggyErrorCode.Unauthenticated;
}
