import { DataType, systemClock } from "@ims/common";
import { v2 } from "@ims/sbe";
import { bench, describe } from "vitest";
import type { ImsTransport, PolledRecords } from "../transport/ims-transport.js";
import { Delivery } from "./delivery.js";
import type { MessageHub } from "./message-hub.js";

/**
 * From polled bytes to the consumer, on one core: trades of one symbol in batches of 1000 that a transport in memory
 * gives at once. The broker and the socket are not in it.
 */
const TRADE_COUNT = 100_000;
const BATCH_COUNT = 1000;
const MESSAGE_BYTES = v2.TradeEncoder.ENCODED_LENGTH;
const ID_BYTES = 16;
const PLACE = { stream: "s", topic: "trades", partitionId: 0 };

const batch = new Uint8Array(BATCH_COUNT * (ID_BYTES + MESSAGE_BYTES));
const view = new DataView(batch.buffer);
const encoder = new v2.TradeEncoder();
for (let index = 0; index < BATCH_COUNT; index++) {
  encoder
    .wrapAndApplyHeader(view, index * (ID_BYTES + MESSAGE_BYTES) + ID_BYTES)
    .eventTimeNumber(1_723_118_400_123_000)
    .sendTimeNull()
    .receiveTimeNumber(1_723_118_400_123_000)
    .publishTimeNumber(1_723_118_400_123_000)
    .instrumentId(7)
    .exchangeId(4)
    .priceScale(2)
    .quantityScale(5)
    .flags(0)
    .symbol("BTCUSDT")
    .tradeIdNumber(index)
    .price(6_183_763n)
    .quantity(100n)
    .firstTradeIdNumber(index)
    .lastTradeIdNumber(index)
    .aggressor(1)
    .kind(0);
}

/** The batch at any offset, as often as it is asked for. */
class SameBatch implements PolledRecords {
  readonly bytes = batch;
  readonly view = view;
  readonly payloadLength = MESSAGE_BYTES;
  #index = -1;

  constructor(private readonly firstOffset: number) {}

  get offset(): number {
    return this.firstOffset + this.#index;
  }

  get idStart(): number {
    return this.#index * (ID_BYTES + MESSAGE_BYTES);
  }

  get payloadStart(): number {
    return this.idStart + ID_BYTES;
  }

  next(): boolean {
    // Ids that differ, so that no trade is taken for a copy.
    view.setInt32(++this.#index * (ID_BYTES + MESSAGE_BYTES), this.offset + 1, true);
    return this.#index < BATCH_COUNT;
  }

  release(): void {}
}

const transport: ImsTransport = {
  sessionCount: 1,
  isConnected: true,
  sendControl: async () => true,
  poll: async (_place, offset) => new SameBatch(offset),
  endOffset: async () => 0,
  offsetAt: async () => 0,
  onConnection: () => undefined,
  close: async () => undefined,
};

/** Reads until the consumer has had all trades. */
async function deliver(consume: (hub: MessageHub) => Promise<void>): Promise<void> {
  const delivery = new Delivery(transport, systemClock, "s", {
    malformed: ({ reason }) => {
      throw new Error(reason);
    },
    failed: (error) => {
      throw error;
    },
    missed: () => undefined,
    duplicate: () => undefined,
    slow: () => undefined,
    followed: () => undefined,
  });
  const consumed = consume(delivery.hub);
  delivery.start(
    { dataType: DataType.Trade, resolution: 0, symbol: "BTCUSDT" },
    {
      kind: "start-accepted",
      sessionId: 1n,
      requestId: 1,
      requestType: 113,
      place: PLACE,
      firstOffset: 0,
      instrumentId: 7,
      dataType: DataType.Trade,
      resolution: 0,
      symbol: "BTCUSDT",
    },
  );
  await consumed;
  delivery.close();
}

/** A callback for records, until it was called for all. */
function counting(begin: (count: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const end = begin(() => {
      if (++count !== TRADE_COUNT) return;
      end();
      resolve();
    });
  });
}

describe(`${TRADE_COUNT} trades`, () => {
  bench("iteration", () =>
    deliver(async (hub) => {
      let count = 0;
      for await (const _ of hub.open(["trade"], { capacity: 10_000 })) if (++count === TRADE_COUNT) return;
    }),
  );

  bench("onMessage", () =>
    deliver((hub) => counting((count) => hub.addMessageListener("trade", () => count()))),
  );

  bench("onFlyweight", () => {
    let sum = 0n;
    return deliver((hub) =>
      counting((count) =>
        hub.addFlyweightListener("trade", (trade) => {
          sum += trade.price();
          count();
        }),
      ),
    );
  });

  bench("onRecord", () => deliver((hub) => counting((count) => hub.addListener(() => count()))));
});
