import type { CrossCheckResult, FeedHandler, JsonObject } from "@ims/integration-kit";

/** What is done with the frames of one channel. */
export interface BitstampFeed extends FeedHandler {
  /** Takes the `data` of one frame. Throws `Unusable`. @param event the venue's word for what it is */
  read(event: string, data: JsonObject, receiveMicros: number): void;
  /** Whether the silent channel should have had frames; rejects where it cannot be found out. */
  crossCheck?(silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult>;
}
