import type { CrossCheckResult, FeedHandler, JsonObject } from "@ims/integration-kit";

/** What is done with the frames of one channel. */
export interface BitstampFeed extends FeedHandler {
  /** Takes the `data` of one frame. Throws `Unusable`. @param event the venue's word for what it is */
  read(event: string, data: JsonObject, receiveMicros: number): void;
  /** A frame of the connection could not be read: it may have been one of this channel. */
  doubt?(): void;
  readonly isClosed?: boolean;
  /** Whether the silent channel should have had frames; rejects where it cannot be found out. */
  crossCheck?(silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult>;
}
