import { describeError } from "@ims/common";
import { decodeRecord, peekTemplateId, type StreamRecord, v2 } from "@ims/sbe";
import type { ProcessorTask, RecordOutput } from "@ims/traits";
import { perRecord } from "./per-record.js";

/** What a task does with its records; kinds without a handler are passed over. */
export interface RecordHandlers {
  /** Reused from call to call: take out what is to be kept. */
  trade?(trade: v2.TradeValues, output: RecordOutput, offset: number): void;
  /** Everything but trades, as an object of its own; trades too where `trade` is absent. */
  record?(record: StreamRecord, output: RecordOutput, offset: number): void;
  /** Octets that are no record of this schema are left out; told with the reason. */
  unreadable?(reason: string, offset: number): void;
}

/** The `process` of a task that works on typed records. Nothing is allocated per trade. */
export function typedRecords(handlers: RecordHandlers): ProcessorTask["process"] {
  const trade = new v2.TradeValues();
  return perRecord((records, output) => {
    const { view, payloadStart, payloadLength, offset } = records;
    let record: StreamRecord | undefined;
    try {
      const isTrade = peekTemplateId(view, payloadStart, payloadLength) === v2.TradeDecoder.TEMPLATE_ID;
      if (isTrade && handlers.trade) v2.TradeDecoder.decode(view, payloadStart, payloadLength, trade);
      else {
        if (!handlers.record) return;
        record = decodeRecord(view, payloadStart, payloadLength);
        if (!record) return;
      }
    } catch (error) {
      handlers.unreadable?.(describeError(error), offset);
      return;
    }
    if (record) handlers.record!(record, output, offset);
    else handlers.trade!(trade, output, offset);
  });
}
