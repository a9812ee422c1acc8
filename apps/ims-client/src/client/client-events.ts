import type { ImsError } from "@ims/common";
import type { SlowIteration } from "../delivery/message-hub.js";
import type { MissedRecords } from "../delivery/missed-records.js";
import type { MalformedRecord } from "../delivery/partition-reader.js";

/** What happens beside the calls of a user. None of it ends the client, except `lost`. */
export interface ClientEvents {
  /** The connection to the broker is there (again), or gone; it is dialled again for ever. */
  connected: readonly [];
  disconnected: readonly [];
  /**
   * After `connected`, once every feed has looked at what the broker holds: reading goes on, without the records of
   * `missed`. An empty list says that nothing is lost.
   */
  reconnected: readonly [{ readonly awayMillis: number; readonly missed: readonly MissedRecords[] }];
  /**
   * The service was started anew and took the session over, or the client logged in again: all subscriptions run, without
   * the records of `missed`. What the service itself did not read comes as gaps.
   */
  resumed: readonly [
    {
      readonly subscriptionCount: number;
      readonly awayMillis: number;
      readonly missed: readonly MissedRecords[];
    },
  ];
  /** The service did not answer a heartbeat; heartbeats go on until it does. Once per silence. */
  silent: readonly [ImsError];
  /** Records that were not read and cannot be had any more; also part of `reconnected` or `resumed`. */
  missed: readonly [MissedRecords];
  /** An iteration holds as many messages as it may; once until it was empty. What follows is its policy. */
  slow: readonly [SlowIteration];
  /** Bytes that are no message of the schema; they were skipped. */
  malformed: readonly [MalformedRecord];
  /** The service refuses this client for good; all iterations end with the same error. */
  lost: readonly [Error];
  /** Something failed that is tried again, or a callback threw. */
  error: readonly [Error];
}
