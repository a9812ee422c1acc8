import { DataType } from "@ims/common";
import type { Subscription } from "../subscriptions/subscription-table.js";
import { Channel, channelOf } from "./channels.js";
import type { PublishedInstrument } from "./published-instrument.js";

/** Clients that read one feed of the instrument in private delivery; undefined for the usual case of none. */
export function privateReadersOf(
  instrument: PublishedInstrument,
  dataType: number,
  resolution: number,
): readonly Subscription[] | undefined {
  if (dataType === DataType.Bar) return instrument.privateBars?.get(resolution);
  const channel = channelOf(dataType);
  return channel === undefined ? undefined : instrument.privateReaders[channel];
}

/** Sets who reads one feed of the instrument in private delivery. */
export function setPrivateReaders(
  instrument: PublishedInstrument,
  channel: Channel,
  resolution: number,
  subscribers: readonly Subscription[],
): void {
  const readers = subscribers.length > 0 ? subscribers : undefined;
  if (channel !== Channel.Bars) {
    instrument.privateReaders[channel] = readers;
    return;
  }
  const bars = instrument.privateBars ?? new Map<number, readonly Subscription[]>();
  if (readers) bars.set(resolution, readers);
  else bars.delete(resolution);
  instrument.privateBars = bars.size > 0 ? bars : undefined;
}
