import { fileURLToPath } from "node:url";
import { DataType, systemClock } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { ImsTransport, PolledRecords } from "../transport/ims-transport.js";
import { Delivery } from "./delivery.js";
import type { MessageHub } from "./message-hub.js";

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
    if (++this.#index >= BATCH_COUNT) return false;
    // Ids that differ, so that no trade is taken for a copy.
    view.setInt32(this.idStart, this.offset + 1, true);
    return true;
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

/** A callback, until it was called for all records. */
function counting(recordCount: number, begin: (count: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const end = begin(() => {
      if (++count !== recordCount) return;
      end();
      resolve();
    });
  });
}

export interface DeliveryFigures {
  readonly consumer: string;
  readonly perSecond: number;
}

/**
 * Measures how fast trades of one symbol come from polled batches of 1000 to a consumer, on one core; the broker and the
 * socket are not part of it.
 */
export async function benchDelivery(recordCount: number): Promise<DeliveryFigures[]> {
  const consumers: Readonly<Record<string, (hub: MessageHub) => Promise<void>>> = {
    iteration: async (hub) => {
      const messages = hub.open(["trade"], { capacity: 10_000 });
      for (let count = 0; count < recordCount; count++) await messages.next();
      await messages.return();
    },
    onMessage: (hub) => counting(recordCount, (count) => hub.addMessageListener("trade", () => count())),
    onFlyweight: (hub) =>
      counting(recordCount, (count) =>
        hub.addFlyweightListener("trade", (trade) => {
          if (trade.priceScale() === 2) count();
        }),
      ),
    onRecord: (hub) => counting(recordCount, (count) => hub.addListener(() => count())),
  };
  const figures: DeliveryFigures[] = [];
  for (const [consumer, consume] of Object.entries(consumers)) {
    figures.push({ consumer, perSecond: await bestRate(recordCount, consume) });
  }
  return figures;
}

/** The best of five rounds after one of warming up: other load only ever slows. */
async function bestRate(recordCount: number, consume: (hub: MessageHub) => Promise<void>): Promise<number> {
  let best = 0;
  for (let round = 0; round < 6; round++) {
    const startedAt = performance.now();
    await deliver(consume);
    const perSecond = Math.round((recordCount * 1000) / (performance.now() - startedAt));
    if (round > 0) best = Math.max(best, perSecond);
  }
  return best;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await benchDelivery(500_000));
