import type { FeedTable } from "./feed-table.js";
import { FrameWalker, Walked } from "./frame-walker.js";
import { GeneralDecoder, type GeneralDecoderOptions } from "./general-decoder.js";
import { RecordPublisher, type RecordPublisherOptions } from "./record-publisher.js";

export interface FrameDecoderOptions
  extends RecordPublisherOptions,
    Omit<GeneralDecoderOptions, "counters" | "publisher"> {
  readonly table: FeedTable;
}

/** Turns frames into sink calls. It throws for no frame: what cannot be used goes to `sink.rejected`, once. */
export class FrameDecoder {
  private readonly walker: FrameWalker;
  private readonly publisher: RecordPublisher;
  private readonly general: GeneralDecoder;

  constructor(options: FrameDecoderOptions) {
    this.walker = new FrameWalker(options.table, options.product);
    this.publisher = new RecordPublisher(options);
    this.general = new GeneralDecoder({ ...options, publisher: this.publisher }, this.walker);
  }

  /** @param receiveMicros when the frame was read, microseconds since 1970 */
  decode(frame: Uint8Array, receiveMicros: number): void {
    const { publisher, walker } = this;
    switch (walker.walk(frame)) {
      case Walked.Trade:
        publisher.trade(walker.feed, walker.trade, receiveMicros);
        break;
      case Walked.TopOfBook:
        publisher.topOfBook(walker.feed, walker.top, receiveMicros);
        break;
      case Walked.Depth:
        publisher.depth(walker.feed, walker.book, receiveMicros);
        break;
      case Walked.PartialDepth:
        publisher.partialDepth(walker.feed, walker.book, receiveMicros);
        break;
      default:
        this.general.decode(frame, receiveMicros);
    }
  }

  /** The same through `JSON.parse`: for frames of unusual shape, and to check {@link decode} against in tests. */
  decodeGeneral(frame: Uint8Array, receiveMicros: number): void {
    this.general.decode(frame, receiveMicros);
  }
}
