import type { ImsError } from "@ims/common";
import type { MalformedRecord } from "../delivery/partition-reader.js";
import type { PartitionPlace } from "../transport/ims-transport.js";

/** What happens beside the calls of a user. None of it ends the client, except `lost`. */
export interface ClientEvents {
  /** The connection to the broker is there (again), or gone; it is dialled again for ever. */
  connected: readonly [];
  disconnected: readonly [];
  /** The service was started anew: logged in again, and all subscriptions run again. */
  resumed: readonly [{ readonly subscriptionCount: number; readonly awayMillis: number }];
  /** The service did not answer a heartbeat; heartbeats go on until it does. Once per silence. */
  silent: readonly [ImsError];
  /** The broker came back without a partition's old content: records between may be missing. */
  restarted: readonly [PartitionPlace & { readonly expectedOffset: number }];
  /** Bytes that are no message of the schema; they were skipped. */
  malformed: readonly [MalformedRecord];
  /** The service refuses this client for good; all iterations end with the same error. */
  lost: readonly [Error];
  /** Something failed that is tried again, or a callback threw. */
  error: readonly [Error];
}
