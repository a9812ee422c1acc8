import { fail } from "../errors/client-errors.js";
import type { MarketMessage, MarketMessageType } from "../records/market-message.js";

/**
 * What happens when an iteration holds as many messages as it may.
 * - `block`: reading stops and the data waits in the broker; nothing is lost. The default
 * - `conflate`: of what it holds only the newest message stays for each symbol, of bars for each bar. For states, not
 *   for events: refused for trades, orders, liquidations, changes of books, gaps and states of feeds
 * - `skip`: further messages are left out until there is room, and a {@link SkippedMessage} stands in their place
 * - `disconnect`: the iteration ends, after what it holds, with the error `client.too-slow`
 */
export type SlowConsumerPolicy = "block" | "conflate" | "skip" | "disconnect";

const POLICIES: readonly SlowConsumerPolicy[] = ["block", "conflate", "skip", "disconnect"];

/** An older message of these says nothing that a newer one of the same symbol does not say better. */
const STATES: ReadonlySet<MarketMessageType> = new Set([
  "bar",
  "top-of-book",
  "mark-price",
  "option-ticker",
  "ticker",
]);

/** @throws ImsError `client.invalid-argument` for a policy that is none, or does not fit the types */
export function checkPolicy(policy: SlowConsumerPolicy, types: readonly MarketMessageType[]): void {
  if (!POLICIES.includes(policy)) {
    throw fail(
      "client.invalid-argument",
      `onFull is "${String(policy)}", expected one of ${POLICIES.join(", ")}`,
    );
  }
  const events = policy === "conflate" ? types.filter((type) => !STATES.has(type)) : [];
  if (events.length > 0) {
    throw fail(
      "client.invalid-argument",
      `onFull "conflate" would lose messages of type ${events.join(", ")}, which no later one replaces; use block or skip`,
    );
  }
}

/**
 * The newest message of each symbol, of bars of each bar, in the order in which these stood: what is left of `messages`
 * from `head` on.
 */
export function conflate<Message extends MarketMessage>(
  messages: readonly (Message | undefined)[],
  head: number,
): Message[] {
  const newest = new Map<string, Message>();
  for (let at = head; at < messages.length; at++) {
    const message = messages[at]!;
    const key = stateKey(message);
    // A later place in the map, so that the order within a symbol is kept.
    newest.delete(key);
    newest.set(key, message);
  }
  return [...newest.values()];
}

function stateKey(message: MarketMessage): string {
  const { type, exchange, symbol } = message;
  return type === "bar"
    ? `${type} ${exchange} ${symbol} ${message.resolution} ${message.openMicros}`
    : `${type} ${exchange} ${symbol}`;
}
