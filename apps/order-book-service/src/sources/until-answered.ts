import { type Clock, isImsError, sleep } from "@ims/common";
import type { MarketDataClient } from "ims-client";

const PAUSE_MILLIS = 1000;
/** No venue lists it, so nothing ends. */
const NO_SYMBOL = "-";

/**
 * Asks a service that fell silent until it answers, for its client tells of a silence and not of its end. Any answer will
 * do, also a refusal. Resolves with true then, with false when the signal has aborted; rejects with nothing.
 */
export async function untilAnswered(
  client: Pick<MarketDataClient, "stopBook">,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await client.stopBook(NO_SYMBOL);
      return !signal.aborted;
    } catch (error) {
      if (isImsError(error, "client.refused")) return !signal.aborted;
    }
    await sleep(clock, PAUSE_MILLIS, signal).catch(() => undefined);
  }
  return false;
}
