import { type Clock, type ExchangeId, type Instrument, MARKET_DATA_TOPICS, streamNames } from "@ims/common";
import type { LoginAccepted } from "../control/reply.js";
import type { MalformedRecord } from "../delivery/partition-reader.js";
import type { GapMessage } from "../records/feed-message.js";
import { readGapLedger } from "../records/gap-ledger.js";
import { readInstrumentList } from "../records/instrument-list.js";
import type { ImsTransport } from "../transport/ims-transport.js";

/** The lists that a service keeps in its broker, read from their first entry to their last. */
export class MarketLists {
  constructor(
    private readonly transport: ImsTransport,
    private readonly settings: {
      readonly exchange: ExchangeId;
      readonly clock: Clock;
      readonly requestTimeoutMillis: number;
    },
    private readonly onMalformed: (record: Omit<MalformedRecord, "count">) => void,
  ) {}

  /** @throws ImsError `client.no-reply` when the announced list does not arrive in time */
  instruments({ instrumentsOffset, instrumentCount }: LoginAccepted): Promise<readonly Instrument[]> {
    const { exchange, clock, requestTimeoutMillis } = this.settings;
    return readInstrumentList(
      this.transport,
      clock,
      {
        exchange,
        firstOffset: instrumentsOffset,
        count: instrumentCount,
        timeoutMillis: requestTimeoutMillis,
      },
      this.#malformedIn(MARKET_DATA_TOPICS.instruments),
    );
  }

  gaps(): AsyncGenerator<GapMessage, void, undefined> {
    return readGapLedger(this.transport, this.settings.exchange, this.#malformedIn(MARKET_DATA_TOPICS.gaps));
  }

  #malformedIn(topic: string) {
    const stream = streamNames(this.settings.exchange).marketDataStream;
    return (offset: number, reason: string) =>
      this.onMalformed({ stream, topic, partitionId: 0, offset, reason });
  }
}
