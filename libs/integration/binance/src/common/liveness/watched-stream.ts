import type { DataType } from "@ims/common";
import type { MonitoredFeed } from "@ims/integration-kit";

/** One subscription under watch. */
export interface WatchedStream extends MonitoredFeed {
  readonly stream: string;
  readonly symbol: string;
  readonly dataType: DataType;
  /** In front of `/stream`. */
  readonly path: string;
}
