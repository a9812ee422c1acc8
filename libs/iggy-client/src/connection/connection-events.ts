import type { ImsError } from "@ims/common";

/** What a client tells its listeners. A listener that throws is logged and disturbs nothing. */
export interface ConnectionEvents {
  /** A session is there and every session hook is through: calls and sends go out. */
  connected: [];
  /** A session that was `connected` ended without being asked to; connecting begins anew by itself. */
  disconnected: [error: ImsError];
  /** The server accepted the login; the session hooks come next. */
  signedIn: [session: SignedIn];
  /** The session was logged out, while the client closes. */
  signedOut: [];
  /** The server ended the session, or refused to make one, by an eviction frame. `disconnected` or `error` follows. */
  evicted: [eviction: EvictionNotice];
  /** Another node leads: the client goes there now. */
  redirected: [redirect: Redirect];
  /** An attempt to connect failed, or a session hook threw; the next attempt follows by itself. */
  error: [error: Error];
  /** The last event: nothing comes after it. */
  closed: [];
}

export interface SignedIn {
  /** `host:port` of the server. */
  readonly address: string;
  readonly userId: number;
  readonly session: bigint;
  readonly serverVersion: string;
  readonly serverProtocolVersion: number;
}

export interface EvictionNotice {
  /** Number of the reason, see `EvictionReason`. */
  readonly reason: number;
  /** Its name, `Unknown(n)` for numbers of later versions. */
  readonly name: string;
}

export interface Redirect {
  /** `host:port` of the node that named the leader. */
  readonly from: string;
  readonly to: string;
}
