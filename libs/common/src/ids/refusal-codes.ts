/** Refusals about the client itself; 0 to 6 are the reference system's numbers. Frozen. */
export const ClientErrorCode = {
  Unknown: 0,
  AlreadyLoggedIn: 1,
  LoginError: 2,
  NotLoggedIn: 3,
  LogoutError: 4,
  NotAuthorized: 5,
  ShutdownError: 6,
} as const;
export type ClientErrorCode = (typeof ClientErrorCode)[keyof typeof ClientErrorCode];

/** Refusals about data; 0 to 11 are the reference system's numbers, 32 upwards this project's. Frozen. */
export const DataErrorCode = {
  Unknown: 0,
  DataTypeNotKnown: 1,
  DataUnavailable: 2,
  Encoding: 3,
  TableNotFound: 4,
  Send: 5,
  Channel: 6,
  WrongExchange: 7,
  ClientNotLoggedIn: 8,
  StartFailed: 9,
  StopFailed: 10,
  StopAllFailed: 11,
  UnknownSymbol: 32,
  ResolutionNotOffered: 33,
  SubscriptionLimit: 34,
  MalformedRequest: 35,
  RequestLimit: 36,
} as const;
export type DataErrorCode = (typeof DataErrorCode)[keyof typeof DataErrorCode];
