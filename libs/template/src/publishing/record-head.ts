import type { ExchangeId } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { RecordHead } from "@ims/traits";

/** A symbol as records carry it. */
export interface SymbolOctets {
  readonly octets: Uint8Array;
}

/** The fields that every market-data message begins with, as their encoders have them. */
interface HeadEncoder {
  eventTimeNull(): HeadEncoder;
  eventTimeNumber(micros: number): HeadEncoder;
  sendTimeNull(): HeadEncoder;
  sendTimeNumber(micros: number): HeadEncoder;
  receiveTimeNumber(micros: number): HeadEncoder;
  publishTimeNumber(micros: number): HeadEncoder;
  instrumentId(id: number): HeadEncoder;
  exchangeId(id: number): HeadEncoder;
  flags(bits: number): HeadEncoder;
  symbolBytes(source: Uint8Array, start: number, length: number): HeadEncoder;
}

/** The flags of a record as it is published: that the venue gave no event time is for the service to say. */
export function flagsOf(head: RecordHead): number {
  return head.eventMicros === 0 ? head.flags | v2.RecordFlags.VenueTimeMissing : head.flags;
}

/** Writes what all messages begin with, apart from the scales. For records that are not many: it serves every encoder. */
export function writeHead(
  encoder: HeadEncoder,
  head: RecordHead,
  exchange: ExchangeId,
  symbol: SymbolOctets,
  publishMicros: number,
): void {
  if (head.eventMicros === 0) encoder.eventTimeNull();
  else encoder.eventTimeNumber(head.eventMicros);
  if (head.sendMicros === 0) encoder.sendTimeNull();
  else encoder.sendTimeNumber(head.sendMicros);
  encoder
    .receiveTimeNumber(head.receiveMicros)
    .publishTimeNumber(publishMicros)
    .instrumentId(head.instrumentId)
    .exchangeId(exchange)
    .flags(flagsOf(head))
    .symbolBytes(symbol.octets, 0, symbol.octets.length);
}
