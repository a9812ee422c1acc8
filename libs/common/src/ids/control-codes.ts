/** Where a client reads the data that it asked for. Frozen. */
export const Delivery = {
  /** From the market-data stream. */
  Shared: 1,
  /** Copied into the client's own stream. */
  Private: 2,
} as const;
export type Delivery = (typeof Delivery)[keyof typeof Delivery];

/** Symbols that one request may name. */
export const SYMBOLS_PER_REQUEST_MAX = 500;

/** Which table the code of a refusal is of: `ClientErrorCode` or `DataErrorCode`. Frozen. */
export const RefusalKind = { Client: 1, Data: 2 } as const;
export type RefusalKind = (typeof RefusalKind)[keyof typeof RefusalKind];

/** What a record of a service's kept state says of a session or subscription. Frozen. */
export const StateChange = {
  /** Is so from now on. */
  Set: 1,
  Ended: 2,
} as const;
export type StateChange = (typeof StateChange)[keyof typeof StateChange];

/** Between which records a service's kept state stands whole. Frozen. */
export const SnapshotMark = { Begin: 1, End: 2 } as const;
export type SnapshotMark = (typeof SnapshotMark)[keyof typeof SnapshotMark];

/** How a run of messages is signed. Frozen. */
export const SignatureAlgorithm = {
  /** SHA-256 digest, nonce of RFC 6979, 64 octets r and s. */
  EcdsaSecp256k1: 1,
  /** BIP-340. */
  SchnorrSecp256k1: 2,
  /** RFC 8032. */
  Ed25519: 3,
} as const;
export type SignatureAlgorithm = (typeof SignatureAlgorithm)[keyof typeof SignatureAlgorithm];
