/** The messages of `proto/signing.proto` as they are read; 64-bit numbers are decimal texts. */
export type SchemeName = "SCHEME_UNSPECIFIED" | "ECDSA" | "SCHNORR" | "ED25519";
export type BackendLabel = "BACKEND_UNSPECIFIED" | "NATIVE" | "WASM" | "JS";

export interface SignRequestMessage {
  readonly context: Uint8Array;
  readonly messages: readonly Uint8Array[];
  readonly keyId: string;
}

export interface SignReplyMessage {
  readonly signatures: readonly Uint8Array[];
  readonly keyId: string;
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
}

export interface VerifyRequestMessage {
  readonly context: Uint8Array;
  readonly messages: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
}

export interface VerifyReplyMessage {
  readonly valid: boolean;
  /** Absent where all are good. */
  readonly firstBad?: number;
}

export interface PublicKeyMessage {
  readonly keyId: string;
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
}

export interface SwitchBackendMessage {
  readonly backend: BackendLabel;
  readonly previous: BackendLabel;
}

export interface SigningStatusMessage {
  readonly backend: BackendLabel;
  readonly available: readonly BackendLabel[];
  readonly signatures: string;
  readonly switches: string;
  readonly waiting: number;
  readonly workerDeaths: number;
}
