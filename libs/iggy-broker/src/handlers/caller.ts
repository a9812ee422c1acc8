import type { UserEntry } from "../catalog/user-registry.js";

/** Who asks: what commands know of a connection with a session. */
export interface Caller {
  /** Number of the connection; counts from 1 in this process. */
  readonly connectionNumber: number;
  /** `ip:port` of the client. */
  readonly address: string;
  readonly user: UserEntry;
  /** Client id of the request's header. Group polls and syncs take the member from it (wire.md section 4). */
  readonly headerClient: bigint;
  /** Client id that the connection registered: everything that changes something is in its name. */
  readonly client: bigint;
}
