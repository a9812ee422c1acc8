import { type DataType, type ExchangeId, type StreamNames, streamNames } from "@ims/common";
import { IggyClient } from "@ims/iggy-client";
import { peekTemplateId, v1, v2 } from "@ims/sbe";

/** A message of a stream as a test sees it. */
export interface ReadMessage {
  readonly templateId: number;
  readonly offset: number;
  readonly json: Record<string, unknown>;
}

const DECODERS = [
  new v2.LoginAcceptedDecoder(),
  new v2.RequestAcceptedDecoder(),
  new v2.StartAcceptedDecoder(),
  new v2.RequestRefusedDecoder(),
  new v2.TradeDecoder(),
  new v2.BarDecoder(),
  new v2.TopOfBookDecoder(),
  new v2.BookSnapshotDecoder(),
  new v2.BookDeltaDecoder(),
  new v2.MarkPriceDecoder(),
  new v2.LiquidationDecoder(),
  new v2.BookOrderDecoder(),
  new v2.OrderSnapshotDecoder(),
  new v2.TickerDecoder(),
  new v2.GapDecoder(),
  new v2.FeedStatusDecoder(),
  new v2.InstrumentDecoder(),
  new v1.ClientErrorDecoder(),
  new v1.DataErrorDecoder(),
  new v1.TradeBarDecoder(),
  new v1.DataBarDecoder(),
  new v1.ClientLoginDecoder(),
];

interface Encoder {
  readonly ENCODED_LENGTH: number;
  wrapAndApplyHeader(view: DataView, at: number): unknown;
}

interface Version2Encoder extends Encoder {
  sessionId(value: bigint): unknown;
  requestId(value: bigint): unknown;
  sentTimeNumber(value: number): unknown;
  clientId(value: number): unknown;
  exchangeId(value: number): unknown;
}

/** Speaks the control protocol over the broker's client, byte by byte, and remembers nothing but its session. */
export class RawClient {
  static #count = 0;
  readonly names: StreamNames;
  sessionId = 0n;
  /** Clients of one id read one stream: their requests have ids of their own. */
  #requestId = BigInt(RawClient.#count++) * 1_000_000n;
  #sentMicros = Date.now() * 1000;
  readonly #cursors = new Map<string, number>();

  private constructor(
    readonly iggy: IggyClient,
    private readonly exchange: ExchangeId,
    readonly clientId: number,
  ) {
    this.names = streamNames(exchange);
  }

  static async connect(url: string, exchange: ExchangeId, clientId: number): Promise<RawClient> {
    return new RawClient(await IggyClient.connect(url), exchange, clientId);
  }

  close(): Promise<void> {
    return this.iggy.close();
  }

  async login(changes: { exchange?: number; accessToken?: string } = {}): Promise<ReadMessage> {
    const reply = await this.request(new v2.LoginRequestEncoder(), (encoder) => {
      encoder.sessionId(0n).clientName("raw");
      if (changes.exchange !== undefined) encoder.exchangeId(changes.exchange);
      if (changes.accessToken !== undefined) encoder.accessToken(changes.accessToken);
    });
    if (reply.templateId === v2.LoginAcceptedDecoder.TEMPLATE_ID) {
      this.sessionId = BigInt(reply.json.sessionId as string);
    }
    return reply;
  }

  startTrades(symbol: string, delivery: number = v2.Delivery.Shared): Promise<ReadMessage> {
    return this.request(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.dataType(1).delivery(delivery).symbol(symbol),
    );
  }

  startBars(symbol: string, resolution: number): Promise<ReadMessage> {
    return this.request(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.dataType(2).resolution(resolution).delivery(v2.Delivery.Shared).symbol(symbol),
    );
  }

  /** Anything but bars. */
  startData(dataType: DataType, symbol: string, delivery: number = v2.Delivery.Shared): Promise<ReadMessage> {
    return this.request(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.dataType(dataType).delivery(delivery).symbol(symbol),
    );
  }

  stopData(dataType: DataType, symbol: string): Promise<ReadMessage> {
    return this.request(new v2.StopDataRequestEncoder(), (encoder) =>
      encoder.dataType(dataType).symbol(symbol),
    );
  }

  stopTrades(symbol: string): Promise<ReadMessage> {
    return this.request(new v2.StopDataRequestEncoder(), (encoder) => encoder.dataType(1).symbol(symbol));
  }

  logout(): Promise<ReadMessage> {
    return this.request(new v2.LogoutRequestEncoder(), () => {});
  }

  /** Sends a version 2 request with the next request id and waits for the reply to it. */
  async request<E extends Version2Encoder>(encoder: E, fill: (encoder: E) => void): Promise<ReadMessage> {
    const bytes = this.encode(encoder, fill);
    const wanted = String(this.#requestId);
    await this.send(bytes);
    return this.reply(wanted);
  }

  encode<E extends Version2Encoder>(encoder: E, fill: (encoder: E) => void): Uint8Array {
    const bytes = new Uint8Array(encoder.ENCODED_LENGTH);
    encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 0);
    encoder.sessionId(this.sessionId);
    encoder.requestId(++this.#requestId);
    encoder.sentTimeNumber(++this.#sentMicros);
    encoder.clientId(this.clientId);
    encoder.exchangeId(this.exchange);
    fill(encoder);
    return bytes;
  }

  /** Puts bytes on the control topic. */
  async send(payload: Uint8Array, originMicros?: number): Promise<void> {
    await this.iggy.sendMessages({
      stream: this.names.controlStream,
      topic: this.names.controlTopic,
      partitioning: { kind: "partition", partitionId: 0 },
      messages: [originMicros === undefined ? { payload } : { payload, originMicros }],
    });
  }

  /** The reply of this request id in the client's own stream; what stands before it is read over. */
  async reply(requestId: string): Promise<ReadMessage> {
    const stream = this.names.clientStream(this.clientId);
    for (;;) {
      const message = await this.next(stream, this.names.dataTopic);
      if (message.json.requestId === requestId) return message;
    }
  }

  /** The next message of a partition, waiting for it; every partition is read from its start, in order. */
  async next(stream: string, topic: string, partitionId = 0): Promise<ReadMessage> {
    const key = `${stream} ${topic} ${partitionId}`;
    for (;;) {
      const cursor = this.#cursors.get(key) ?? 0;
      const [message] = await this.read(stream, topic, partitionId, cursor, 1);
      if (message) {
        this.#cursors.set(key, message.offset + 1);
        return message;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What stands from an offset on, without waiting; nothing for a stream that does not exist. */
  async read(
    stream: string,
    topic: string,
    partitionId: number,
    offset: number,
    count: number,
  ): Promise<ReadMessage[]> {
    const found = await this.iggy.topics.get(stream, topic);
    if (!found) return [];
    const polled = await this.iggy.poll({
      stream,
      topic,
      partitionId,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "offset", value: offset },
      count,
    });
    const messages: ReadMessage[] = [];
    while (polled.next()) {
      const { view, payloadStart, payloadLength } = polled;
      const templateId = peekTemplateId(view, payloadStart, payloadLength);
      const decoder = DECODERS.find((candidate) => candidate.TEMPLATE_ID === templateId);
      const json = decoder?.wrapAndApplyHeader(view, payloadStart, payloadLength).toJSON() ?? {};
      messages.push({ templateId, offset: polled.offset, json });
    }
    return messages;
  }
}

/** A version 1 message: header, type, client id, then whatever `fill` sets. */
export function encodeVersion1<
  E extends Encoder & { messageType(value: number): E; clientID(value: number): E; TEMPLATE_ID: number },
>(encoder: E, clientId: number, fill: (encoder: E) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(encoder.ENCODED_LENGTH);
  encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  encoder.messageType(encoder.TEMPLATE_ID).clientID(clientId);
  fill(encoder);
  return bytes;
}
