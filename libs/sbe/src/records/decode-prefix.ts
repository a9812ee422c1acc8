import { SymbolCache } from "../symbol-cache.js";
import { orUndefined } from "./exact-values.js";
import type { NumberedRecordBase } from "./record-base.js";

/** What decoders of version 2's market data have in common: the first 72 octets. */
export interface PrefixedMessage {
  readonly actingVersion: number;
  readonly bytes: Uint8Array;
  eventTimeNumber(): number | null;
  sendTimeNumber(): number | null;
  receiveTimeNumber(): number;
  publishTimeNumber(): number;
  instrumentId(): number;
  exchangeId(): number;
  flags(): number;
  symbolStart(): number;
}

const symbols = new SymbolCache({ entryCountMax: 1024 });
const version1Symbols = new SymbolCache({ entryCountMax: 1024, symbolSize: 20, encoding: "US-ASCII" });

/** The symbol of a version 1 message, which has no instrument number. */
export function version1Symbol(bytes: Uint8Array, start: number): string {
  return version1Symbols.symbolByOctets(bytes, start);
}

export function decodePrefix(message: PrefixedMessage): NumberedRecordBase {
  const instrumentId = message.instrumentId();
  return {
    schemaVersion: message.actingVersion,
    exchangeId: message.exchangeId(),
    instrumentId,
    symbol: symbols.symbol(instrumentId, message.bytes, message.symbolStart()),
    flags: message.flags(),
    eventMicros: orUndefined(message.eventTimeNumber()),
    sendMicros: orUndefined(message.sendTimeNumber()),
    receiveMicros: message.receiveTimeNumber(),
    publishMicros: message.publishTimeNumber(),
  };
}
