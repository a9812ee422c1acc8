import { describeError, type ExchangeId, MARKET_DATA_TOPICS, streamNames } from "@ims/common";
import type { ImsTransport } from "../transport/ims-transport.js";
import type { GapMessage } from "./feed-message.js";
import { RecordDecoder } from "./record-decoder.js";

const POLL_COUNT_MAX = 1000;

/**
 * All losses that a service ever told and its broker still holds, oldest first, up to the newest at the time of the call.
 * Records that cannot be read are reported and passed over. Rejects while the broker is away.
 */
export async function* readGapLedger(
  transport: ImsTransport,
  exchange: ExchangeId,
  onMalformed: (offset: number, reason: string) => void,
): AsyncGenerator<GapMessage, void, undefined> {
  const place = {
    stream: streamNames(exchange).marketDataStream,
    topic: MARKET_DATA_TOPICS.gaps,
    partitionId: 0,
  };
  const decoder = new RecordDecoder(place.partitionId);
  const end = await transport.endOffset(place);
  let offset = 0;
  while (offset < end) {
    const records = await transport.poll(place, offset, POLL_COUNT_MAX);
    const before = offset;
    try {
      while (records?.next()) {
        if (records.offset < before) continue;
        offset = records.offset + 1;
        let message: GapMessage | undefined;
        try {
          if (decoder.wrap(records) && decoder.type === "gap") message = decoder.message() as GapMessage;
        } catch (error) {
          onMalformed(records.offset, describeError(error));
        }
        if (message) yield message;
      }
    } finally {
      records?.release();
    }
    // Nothing where something should be: the broker has lost it since.
    if (offset === before) return;
  }
}
