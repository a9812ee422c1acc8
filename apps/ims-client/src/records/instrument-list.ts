import {
  type Clock,
  Decimal,
  describeError,
  type ExchangeId,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
  MARKET_DATA_TOPICS,
  streamNames,
} from "@ims/common";
import { peekTemplateId, v2 } from "@ims/sbe";
import { fail } from "../errors/client-errors.js";
import { IdleWait } from "../transport/idle-wait.js";
import type { ImsTransport } from "../transport/ims-transport.js";

const KINDS: Readonly<Record<number, InstrumentKind>> = {
  1: "spot",
  2: "perpetual",
  3: "future",
  4: "option",
};
const STATUSES: readonly InstrumentStatus[] = ["unknown", "trading", "halted", "pending", "expired"];
const OPTION_TYPES: Readonly<Record<number, "call" | "put">> = { 1: "call", 2: "put" };
const POLL_COUNT_MAX = 1000;
/** A topic that never ends must not keep the caller for ever. */
const RECORD_COUNT_MAX = 1_000_000;

export interface InstrumentListRequest {
  readonly exchange: ExchangeId;
  /** From the login: where the current list begins, and how many entries it has. */
  readonly firstOffset: number;
  readonly count: number;
  readonly timeoutMillis: number;
}

/**
 * Reads the list of instruments: the announced number of Instrument messages, and what follows them up to the end of
 * the topic. The newest message of a symbol counts. Sorted by symbol.
 * @throws ImsError `client.no-reply` when the announced messages do not arrive in time
 */
export async function readInstrumentList(
  transport: ImsTransport,
  clock: Clock,
  request: InstrumentListRequest,
  onMalformed: (offset: number, reason: string) => void,
): Promise<readonly Instrument[]> {
  const names = streamNames(request.exchange);
  const place = { stream: names.marketDataStream, topic: MARKET_DATA_TOPICS.instruments, partitionId: 0 };
  const instruments = new Map<string, Instrument>();
  const decoder = new v2.InstrumentDecoder();
  const wait = new IdleWait(clock, new AbortController().signal);
  const deadlineMillis = clock.monotonicMillis() + request.timeoutMillis;
  let offset = request.firstOffset;
  let readCount = 0;
  while (readCount < RECORD_COUNT_MAX) {
    const records = await transport.poll(place, offset, POLL_COUNT_MAX);
    const before = readCount;
    while (records?.next()) {
      readCount++;
      offset = records.offset + 1;
      const { view, payloadStart, payloadLength } = records;
      try {
        if (peekTemplateId(view, payloadStart, payloadLength) !== v2.InstrumentDecoder.TEMPLATE_ID) continue;
        const instrument = toInstrument(decoder.wrapAndApplyHeader(view, payloadStart, payloadLength));
        instruments.set(instrument.symbol, instrument);
      } catch (error) {
        onMalformed(records.offset, describeError(error));
      }
    }
    records?.release();
    if (readCount > before) continue;
    if (readCount >= request.count) break;
    if (clock.monotonicMillis() >= deadlineMillis) {
      throw fail(
        "client.no-reply",
        `Only ${readCount} of ${request.count} instruments of ${names.exchange} arrived within ${request.timeoutMillis / 1000} s`,
      );
    }
    await wait.afterNothing();
  }
  return [...instruments.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function toInstrument(decoder: v2.InstrumentDecoder): Instrument {
  const contractSize = decoder.contractSize();
  const expiryMicros = decoder.expiryTimeNumber();
  const strike = decoder.strike();
  const optionType = OPTION_TYPES[decoder.optionType()];
  return {
    exchange: decoder.exchangeId() as ExchangeId,
    symbol: decoder.symbol(),
    base: decoder.base(),
    quote: decoder.quote(),
    settle: decoder.settle(),
    kind: KINDS[decoder.kind()] ?? "spot",
    status: STATUSES[decoder.status()] ?? "unknown",
    priceScale: decoder.priceScale(),
    quantityScale: decoder.quantityScale(),
    priceIncrement: Decimal.of(decoder.priceIncrement(), decoder.priceScale()).toString(),
    quantityIncrement: Decimal.of(decoder.quantityIncrement(), decoder.quantityScale()).toString(),
    ...(contractSize === null
      ? {}
      : { contractSize: Decimal.of(contractSize, decoder.contractScale()).toString() }),
    ...(expiryMicros === null ? {} : { expiryMicros }),
    ...(strike === null ? {} : { strike: Decimal.of(strike, decoder.priceScale()).toString() }),
    ...(optionType === undefined ? {} : { optionType }),
  };
}
