import type { BarDecoder, InstrumentDecoder, TradeDecoder } from "../generated/v2/index.js";
import { orUndefined } from "./exact-values.js";
import type { RecordBase } from "./record-types.js";

/** The first 72 octets, which every version 2 market-data message has in common. */
export function decodePrefix(message: TradeDecoder | BarDecoder | InstrumentDecoder): RecordBase & {
  readonly instrumentId: number;
} {
  return {
    schemaVersion: message.actingVersion,
    exchangeId: message.exchangeId(),
    instrumentId: message.instrumentId(),
    symbol: message.symbol(),
    flags: message.flags(),
    eventMicros: orUndefined(message.eventTimeNumber()),
    sendMicros: orUndefined(message.sendTimeNumber()),
    receiveMicros: message.receiveTimeNumber(),
    publishMicros: message.publishTimeNumber(),
  };
}
