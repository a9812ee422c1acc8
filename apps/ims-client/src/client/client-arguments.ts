import type { MessageQueueOptions } from "../delivery/message-queue.js";
import { checkPolicy } from "../delivery/slow-consumer.js";
import { fail } from "../errors/client-errors.js";
import type { MarketMessageType } from "../records/market-message.js";
import type { IterationOptions, Symbols } from "./client-feeds.js";
import { wholeNumber } from "./connect-options.js";

/** Messages that one iteration can be told to hold. */
export const QUEUE_CAPACITY_MAX = 10_000_000;

/**
 * Distinct, in the order given.
 * @throws ImsError `client.invalid-argument` for none and for blank ones
 */
export function symbolList(symbols: Symbols): readonly string[] {
  const list = [
    ...new Set((typeof symbols === "string" ? [symbols] : symbols).map((symbol) => symbol.trim())),
  ];
  if (list.length === 0 || list.includes("")) {
    throw fail("client.invalid-argument", "At least one symbol is needed, and none may be blank");
  }
  return list;
}

/** @throws ImsError `client.invalid-argument` */
export function queueOptions(
  types: readonly MarketMessageType[],
  { signal, onFull = "block", capacity }: IterationOptions,
  capacityDefault: number,
): MessageQueueOptions {
  checkPolicy(onFull, types);
  return {
    capacity: wholeNumber("capacity", capacity ?? capacityDefault, 1, QUEUE_CAPACITY_MAX),
    policy: onFull,
    signal,
  };
}
