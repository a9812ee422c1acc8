import {
  type Clock,
  Decimal,
  describeError,
  type ExchangeId,
  type Instrument,
  MARKET_DATA_TOPICS,
} from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { v2 } from "@ims/sbe";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLIENT, CLOCK, EXCHANGE } from "../service/tokens.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { fnv1a32 } from "./instrument-numbers.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink } from "./sbe-sink.js";

const BATCH_COUNT_MAX = 1000;

const KINDS = {
  spot: v2.InstrumentKind.Spot,
  perpetual: v2.InstrumentKind.Perpetual,
  future: v2.InstrumentKind.Future,
  option: v2.InstrumentKind.Option,
} as const;

const STATUSES = {
  unknown: v2.InstrumentStatus.Unknown,
  trading: v2.InstrumentStatus.Trading,
  halted: v2.InstrumentStatus.Halted,
  pending: v2.InstrumentStatus.Pending,
  expired: v2.InstrumentStatus.Expired,
} as const;

/** Where the current list stands in the topic `instruments`, partition 0. */
export interface PublishedInstruments {
  readonly firstOffset: number;
  readonly count: number;
}

/** Publishes the venue's list as Instrument messages, whole, whenever it changed or the broker lost it. */
@scoped(Lifecycle.ContainerScoped)
export class InstrumentList {
  readonly #encoder = new v2.InstrumentEncoder();
  #published: PublishedInstruments | undefined;
  #publishedKey = "";
  #changes: Promise<void> = Promise.resolve();

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "sendMessages">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(EXCHANGE) private readonly exchange: ExchangeId,
    @inject(SbeSink) private readonly sink: Pick<SbeSink, "register">,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {}

  get published(): PublishedInstruments | undefined {
    return this.#published;
  }

  /** Publishes the list unless it is the one that stands there. */
  async publish(instruments: readonly Instrument[]): Promise<PublishedInstruments> {
    const key = String(fnv1a32(Buffer.from(JSON.stringify(instruments)))) + instruments.length;
    if (this.#published && this.#publishedKey === key) return this.#published;
    const records = instruments.flatMap((instrument) => this.#encode(instrument) ?? []);
    let firstOffset = -1;
    for (let at = 0; at < records.length; at += BATCH_COUNT_MAX) {
      const baseOffset = await this.#send(records.slice(at, at + BATCH_COUNT_MAX));
      if (at === 0) firstOffset = baseOffset;
    }
    if (firstOffset < 0) firstOffset = await this.#nextOffset(records.length);
    this.#publishedKey = key;
    this.#published = { firstOffset, count: records.length };
    return this.#published;
  }

  /**
   * Publishes one instrument anew behind the list, in the order of the calls: readers go on to the end of the topic, and
   * the newest message of a symbol counts. Before the first list there is nothing to change. What cannot be sent is
   * published with the next whole list.
   */
  changed(instrument: Instrument): void {
    if (!this.#published) return;
    const record = this.#encode(instrument);
    if (!record) return;
    this.#changes = this.#changes.then(async () => {
      try {
        await this.#send([record]);
      } catch (error) {
        this.#publishedKey = "";
        this.log.warn("instrument-change", "a changed instrument could not be published", () => ({
          symbol: instrument.symbol,
          error: describeError(error),
        }));
      }
    });
  }

  /** Forgets the published list if the topic no longer reaches to its end, so that it is published again. */
  async verify(): Promise<boolean> {
    const published = this.#published;
    if (!published) return false;
    const { marketDataStream } = this.topology.names;
    const end = await this.topology.nextOffset(marketDataStream, MARKET_DATA_TOPICS.instruments);
    if (end >= published.firstOffset + published.count) return true;
    this.#published = undefined;
    return false;
  }

  /** Offset of the first message of the batch, −1 if the broker does not say. */
  async #send(records: readonly Uint8Array[]): Promise<number> {
    const placements = await this.client.sendMessages({
      stream: this.topology.names.marketDataStream,
      topic: MARKET_DATA_TOPICS.instruments,
      partitioning: { kind: "partition", partitionId: 0 },
      messages: records.map((payload) => ({ payload })),
    });
    return placements[0]?.baseOffset ?? -1;
  }

  /** This service alone writes the topic: the list ends where the partition ends. */
  async #nextOffset(count: number): Promise<number> {
    const { marketDataStream } = this.topology.names;
    return (await this.topology.nextOffset(marketDataStream, MARKET_DATA_TOPICS.instruments)) - count;
  }

  /** Undefined for an instrument that a record cannot hold: the others are served all the same. */
  #encode(instrument: Instrument): Uint8Array | undefined {
    try {
      return this.#record(instrument);
    } catch (error) {
      this.log.warn("instrument", "an instrument cannot be published", () => ({
        symbol: instrument.symbol,
        error: describeError(error),
      }));
      return undefined;
    }
  }

  #record(instrument: Instrument): Uint8Array {
    const payload = new Uint8Array(v2.InstrumentEncoder.ENCODED_LENGTH);
    const now = this.clock.nowMicros();
    const encoder = this.#encoder.wrapAndApplyHeader(new DataView(payload.buffer), 0);
    encoder
      .eventTimeNull()
      .sendTimeNull()
      .receiveTimeNumber(now)
      .publishTimeNumber(now)
      .instrumentId(this.sink.register(instrument))
      .exchangeId(this.exchange)
      .priceScale(instrument.priceScale)
      .quantityScale(instrument.quantityScale)
      .symbol(instrument.symbol)
      .base(fitting(instrument.base))
      .quote(fitting(instrument.quote))
      .settle(fitting(instrument.settle))
      .priceIncrement(Decimal.parse(instrument.priceIncrement).rescale(instrument.priceScale).mantissa)
      .quantityIncrement(
        Decimal.parse(instrument.quantityIncrement).rescale(instrument.quantityScale).mantissa,
      )
      .kind(KINDS[instrument.kind])
      .status(STATUSES[instrument.status]);
    if (instrument.contractSize === undefined) encoder.contractSizeNull();
    else {
      const size = Decimal.parse(instrument.contractSize);
      encoder.contractSize(size.mantissa).contractScale(size.scale);
    }
    if (instrument.expiryMicros === undefined) encoder.expiryTimeNull();
    else encoder.expiryTimeNumber(instrument.expiryMicros);
    writeOption(encoder, instrument);
    return payload;
  }
}

/** A strike with more digits than the prices have does not fit the message, which then has none. */
function writeOption(encoder: v2.InstrumentEncoder, { optionType, priceScale, strike }: Instrument): void {
  const exact = strike === undefined ? undefined : Decimal.parse(strike);
  if (exact === undefined || exact.scale > priceScale) encoder.strikeNull();
  else encoder.strike(exact.rescale(priceScale).mantissa);
  if (optionType === undefined) encoder.optionType(v2.OptionType.None);
  else encoder.optionType(optionType === "call" ? v2.OptionType.Call : v2.OptionType.Put);
}

/** Asset names are for display; one longer than the field's 16 octets is cut at a character. */
function fitting(name: string): string {
  let text = name;
  while (Buffer.byteLength(text) > 16) text = [...text].slice(0, -1).join("");
  return text;
}
