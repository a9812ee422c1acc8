import { Unusable } from "@ims/integration-kit";
import {
  BestBidAskDecoder,
  BestLevelsDecoder,
  BookChangeDecoder,
  SCHEMA_ID,
  TradesDecoder,
} from "../../generated/market-stream/index.js";
import { SbeError } from "../../generated/market-stream/runtime/sbe-error.js";
import type { FrameDecoderOptions } from "../decode/frame-decoder.js";
import { RecordPublisher } from "../decode/record-publisher.js";
import { BookReader } from "./book-reader.js";
import { ControlFrames, isText } from "./control-frames.js";
import { StreamSymbols } from "./stream-symbols.js";
import { TopOfBookReader } from "./top-of-book-reader.js";
import { TradesReader } from "./trades-reader.js";

const HEADER_OCTETS = 8;

/**
 * Turns the frames of a connection with binary streams into the sink calls that the JSON streams give. It throws for no
 * frame: what cannot be used goes to `sink.rejected`, once for each record.
 *
 * [SBE Market Data Streams] Block lengths are taken from the wire, a later version of the schema is read as far as it is
 * known, another schema is refused, and messages of unknown templates are counted and skipped.
 */
export class StreamFrameDecoder {
  private readonly publisher: RecordPublisher;
  private readonly control: ControlFrames;
  private readonly symbols: StreamSymbols;
  private readonly trades: TradesReader;
  private readonly tops: TopOfBookReader;
  private readonly books: BookReader;
  /** Over the memory that the socket read into, which holds many frames. */
  private view: DataView = new DataView(new ArrayBuffer(0));

  constructor(private readonly options: FrameDecoderOptions) {
    this.publisher = new RecordPublisher(options);
    this.control = new ControlFrames({ ...options, publisher: this.publisher });
    this.symbols = new StreamSymbols(options.table);
    this.trades = new TradesReader(this.symbols);
    this.tops = new TopOfBookReader(this.symbols);
    this.books = new BookReader(this.symbols);
  }

  /** @param receiveMicros when the frame was read, microseconds since 1970 */
  decode(frame: Uint8Array, receiveMicros: number): void {
    if (isText(frame)) {
      this.control.decode(frame);
      return;
    }
    this.symbols.symbol = undefined;
    try {
      this.dispatch(frame, receiveMicros);
    } catch (error) {
      this.reject(error);
    }
  }

  private dispatch(frame: Uint8Array, receiveMicros: number): void {
    const { books, publisher, tops } = this;
    const { byteLength, byteOffset } = frame;
    if (byteLength < HEADER_OCTETS) {
      throw new Unusable("missing-field", `a frame of ${byteLength} octets has no whole header`);
    }
    if (frame.buffer !== this.view.buffer) this.view = new DataView(frame.buffer);
    const { view } = this;
    const schemaId = view.getUint16(byteOffset + 4, true);
    if (schemaId !== SCHEMA_ID)
      throw new Unusable("unexpected", `schema ${schemaId} is not that of the streams`);
    switch (view.getUint16(byteOffset + 2, true)) {
      case TradesDecoder.TEMPLATE_ID:
        this.publishTrades(view, byteOffset, byteLength, receiveMicros);
        break;
      case BestBidAskDecoder.TEMPLATE_ID:
        publisher.topOfBook(tops.read(view, byteOffset, byteLength), tops.top, receiveMicros);
        break;
      case BestLevelsDecoder.TEMPLATE_ID:
        publisher.partialDepth(books.readBestLevels(view, byteOffset, byteLength), books.book, receiveMicros);
        break;
      case BookChangeDecoder.TEMPLATE_ID:
        publisher.depth(books.readChange(view, byteOffset, byteLength), books.book, receiveMicros);
        break;
      default:
        this.options.counters.unknownTemplateCount++;
    }
  }

  /** Several trades of one taker order may share a frame; an unusable one costs itself alone. */
  private publishTrades(view: DataView, start: number, length: number, receiveMicros: number): void {
    const { publisher, trades } = this;
    const feed = trades.open(view, start, length);
    while (trades.next()) {
      try {
        trades.read();
      } catch (error) {
        this.reject(error);
        continue;
      }
      publisher.trade(feed, trades.trade, receiveMicros);
    }
  }

  private reject(error: unknown): void {
    const { publisher, symbols } = this;
    if (error instanceof Unusable) publisher.reject(error.reason, error.message, symbols.symbol);
    else if (error instanceof SbeError) publisher.reject(reasonOf(error), error.message, symbols.symbol);
    else throw error;
  }
}

function reasonOf({ code }: SbeError): "missing-field" | "overflow" | "unexpected" {
  if (code === "sbe.truncated") return "missing-field";
  return code === "sbe.unsafe-integer" || code === "sbe.out-of-range" ? "overflow" : "unexpected";
}
