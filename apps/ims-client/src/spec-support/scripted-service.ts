import { ClientErrorCode, DataErrorCode, ExchangeId, marketDataTopicOf, streamNames } from "@ims/common";
import { HEADER_LENGTH, peekTemplateId, v2 } from "@ims/sbe";
import { ControlTemplate } from "../control/request.js";
import type { MemoryBroker } from "./memory-broker.js";
import { encodeBar, encodeTrade, type SampleTrade } from "./sample-records.js";

const NAMES = streamNames(ExchangeId.BinanceSpot);

/** The data of a symbol lies where the test says. */
export interface ScriptedSymbol {
  readonly instrumentId: number;
  readonly partitionId: number;
}

/** A service in memory that answers as the control protocol says, until a test tells it otherwise. */
export class ScriptedService {
  /** By client id; cleared by a restart. */
  readonly sessions = new Map<number, bigint>();
  readonly symbols = new Map<string, ScriptedSymbol>();
  /** What clients asked for, in order: `login`, `start BTCUSDT 1/0`, `heartbeat`… */
  readonly requests: string[] = [];
  readonly requestIds: number[] = [];
  instrumentCount = 0;
  instrumentsOffset = 0;
  /** Does not answer, as a service that is down. */
  isSilent = false;
  /** Refuses logins with this sentence, as while its symbols are loading. */
  loginRefusal: { readonly code: number; readonly text: string } | undefined;
  /** As after restarts in which the sessions were taken over. */
  restartCount = 0;
  #nextSession = 0x1234_5678_9abc_def0n;

  constructor(
    readonly broker: MemoryBroker,
    readonly heartbeatMillis = 10_000,
  ) {
    broker.onControl = (payload) => this.#handle(payload);
  }

  restart(): void {
    this.sessions.clear();
  }

  publishTrade(symbol: string, tradeId: number, fields: Partial<SampleTrade> = {}): number {
    const { instrumentId, partitionId } = this.symbols.get(symbol)!;
    return this.broker.append(
      this.place("trades", partitionId),
      encodeTrade({ symbol, instrumentId, tradeId, ...fields }),
    );
  }

  /** Trades under message ids, so that what is published twice is a copy. */
  publishTrades(symbol: string, tradeIds: readonly number[], fields: Partial<SampleTrade> = {}): void {
    const { instrumentId, partitionId } = this.symbols.get(symbol)!;
    for (const tradeId of tradeIds) {
      const payload = encodeTrade({ symbol, instrumentId, tradeId, ...fields });
      this.broker.append(this.place("trades", partitionId), payload, [tradeId, 0, instrumentId, 0x04010000]);
    }
  }

  publishBar(symbol: string, resolution: string, close: string): number {
    const { instrumentId, partitionId } = this.symbols.get(symbol)!;
    return this.broker.append(
      this.place("bars", partitionId),
      encodeBar(symbol, instrumentId, resolution, close),
    );
  }

  /** A record of any data or about any feed, made by the test. */
  publish(topic: string, symbol: string, encode: (instrumentId: number) => Uint8Array): number {
    const { instrumentId, partitionId } = this.symbols.get(symbol)!;
    const isNotice = topic === "gaps" || topic === "feed-status";
    return this.broker.append(this.place(topic, isNotice ? 0 : partitionId), encode(instrumentId));
  }

  place(topic: string, partitionId: number) {
    return { stream: NAMES.marketDataStream, topic, partitionId };
  }

  clientPlace(clientId: number) {
    return { stream: NAMES.clientStream(clientId), topic: NAMES.dataTopic, partitionId: 0 };
  }

  #handle(payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const decoder = decoderOf(peekTemplateId(view, 0, payload.length)).wrapAndApplyHeader(
      view,
      0,
      payload.length,
    );
    const request: Request = {
      templateId: decoder.TEMPLATE_ID,
      clientId: decoder.clientId(),
      sessionId: decoder.sessionId(),
      requestId: decoder.requestId(),
    };
    this.requestIds.push(decoder.requestIdNumber());
    this.requests.push(...describe(decoder));
    if (this.isSilent) return;
    const { clientId } = request;
    const refusal = this.#sessionRefusal(request, decoder);
    if (decoder instanceof v2.LoginRequestDecoder) this.#login(request);
    else if (refusal) this.#refuse(request, refusal.kind, refusal.code, refusal.text);
    else if (decoder instanceof v2.StartDataRequestDecoder) this.#start(request, decoder);
    else if (decoder instanceof v2.StartManyRequestDecoder) this.#startMany(request, decoder);
    else {
      if (decoder instanceof v2.LogoutRequestDecoder) this.sessions.delete(clientId);
      this.#accept(request);
    }
  }

  #sessionRefusal({ clientId, sessionId }: Request, decoder: AnyRequestDecoder) {
    const session = this.sessions.get(clientId);
    if (session === sessionId) return undefined;
    if (session !== undefined) {
      return { kind: 1, code: ClientErrorCode.NotAuthorized, text: "The session id is another's." };
    }
    return decoder instanceof v2.HeartbeatRequestDecoder || decoder instanceof v2.LogoutRequestDecoder
      ? { kind: 1, code: ClientErrorCode.NotLoggedIn, text: "Not logged in." }
      : { kind: 2, code: DataErrorCode.ClientNotLoggedIn, text: "Not logged in." };
  }

  #login(request: Request): void {
    const existing = this.sessions.get(request.clientId);
    const isSecond = existing !== undefined && existing !== request.sessionId;
    const refusal = isSecond
      ? { code: ClientErrorCode.AlreadyLoggedIn, text: "Already logged in." }
      : this.loginRefusal;
    if (refusal) {
      this.#refuse(request, 1, refusal.code, refusal.text);
      return;
    }
    const sessionId = this.#nextSession++;
    this.sessions.set(request.clientId, sessionId);
    this.#reply({ ...request, sessionId }, new v2.LoginAcceptedEncoder(), (encoder) =>
      encoder
        .heartbeatMillis(this.heartbeatMillis)
        .expiryMillis(30_000)
        .symbolsPerClientMax(1000)
        .instrumentCount(this.instrumentCount)
        .instrumentsOffsetNumber(this.instrumentsOffset)
        .serviceVersion("0.1.0"),
    );
  }

  #start(request: Request, decoder: v2.StartDataRequestDecoder): void {
    const symbol = this.symbols.get(decoder.symbol());
    if (!symbol) {
      this.#refuse(request, 2, DataErrorCode.UnknownSymbol, `${decoder.symbol()} is not served.`);
      return;
    }
    const topic = marketDataTopicOf(decoder.dataType())!;
    const place = this.place(topic, symbol.partitionId);
    this.#reply(request, new v2.StartAcceptedEncoder(), (encoder) =>
      encoder
        .firstOffsetNumber(this.broker.endOffset(place))
        .partitionId(symbol.partitionId)
        .instrumentId(symbol.instrumentId)
        .dataType(decoder.dataType())
        .resolution(decoder.resolution())
        .delivery(decoder.delivery())
        .symbol(decoder.symbol())
        .stream(place.stream)
        .topic(place.topic),
    );
  }

  #startMany(request: Request, decoder: v2.StartManyRequestDecoder): void {
    const names = symbolsOf(decoder);
    const unknown = names.find((name) => !this.symbols.has(name));
    if (unknown !== undefined) {
      this.#refuse(request, 2, DataErrorCode.UnknownSymbol, `${unknown} is not served.`);
      return;
    }
    const topic = marketDataTopicOf(decoder.dataType())!;
    this.#reply(request, new v2.StartManyAcceptedEncoder(), (encoder) => {
      encoder
        .dataType(decoder.dataType())
        .resolution(decoder.resolution())
        .delivery(decoder.delivery())
        .stream(NAMES.marketDataStream)
        .topic(topic);
      const entries = encoder.symbolsCount(names.length);
      for (const name of names) {
        const { partitionId, instrumentId } = this.symbols.get(name)!;
        entries
          .next()
          .firstOffsetNumber(this.broker.endOffset(this.place(topic, partitionId)))
          .partitionId(partitionId)
          .instrumentId(instrumentId)
          .symbol(name);
      }
    });
  }

  #accept(request: Request): void {
    this.#reply(request, new v2.RequestAcceptedEncoder(), (encoder) =>
      encoder.affectedCount(1).restartCount(this.restartCount),
    );
  }

  #refuse(request: Request, kind: number, code: number, text: string): void {
    this.#reply(request, new v2.RequestRefusedEncoder(), (encoder) =>
      encoder.kind(kind).code(code).text(text),
    );
  }

  #reply<Encoder extends ReplyEncoder>(
    request: Request,
    encoder: Encoder,
    writeFields: (encoder: Encoder) => unknown,
  ): void {
    const bytes = new Uint8Array(65_536);
    encoder
      .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
      .sessionId(request.sessionId)
      .requestId(request.requestId)
      .sentTimeNumber(1)
      .clientId(request.clientId)
      .exchangeId(ExchangeId.BinanceSpot)
      .requestType(request.templateId);
    writeFields(encoder);
    const payload = bytes.slice(0, HEADER_LENGTH + encoder.encodedLength());
    this.broker.append(this.clientPlace(request.clientId), payload);
  }
}

interface Request {
  readonly templateId: number;
  readonly clientId: number;
  readonly sessionId: bigint;
  readonly requestId: bigint;
}

interface ReplyEncoder {
  wrapAndApplyHeader(view: DataView, offset: number): this;
  sessionId(value: bigint): this;
  requestId(value: bigint): this;
  sentTimeNumber(value: number): this;
  clientId(value: number): this;
  exchangeId(value: number): this;
  requestType(value: number): this;
  encodedLength(): number;
}

type AnyRequestDecoder =
  | v2.LoginRequestDecoder
  | v2.LogoutRequestDecoder
  | v2.HeartbeatRequestDecoder
  | v2.StartDataRequestDecoder
  | v2.StopDataRequestDecoder
  | v2.StopAllDataRequestDecoder
  | v2.StartManyRequestDecoder
  | v2.StopManyRequestDecoder;

function decoderOf(templateId: number): AnyRequestDecoder {
  switch (templateId) {
    case ControlTemplate.LoginRequest:
      return new v2.LoginRequestDecoder();
    case ControlTemplate.LogoutRequest:
      return new v2.LogoutRequestDecoder();
    case ControlTemplate.HeartbeatRequest:
      return new v2.HeartbeatRequestDecoder();
    case ControlTemplate.StartDataRequest:
      return new v2.StartDataRequestDecoder();
    case ControlTemplate.StopDataRequest:
      return new v2.StopDataRequestDecoder();
    case ControlTemplate.StopAllDataRequest:
      return new v2.StopAllDataRequestDecoder();
    case ControlTemplate.StartManyRequest:
      return new v2.StartManyRequestDecoder();
    case ControlTemplate.StopManyRequest:
      return new v2.StopManyRequestDecoder();
    default:
      throw new Error(`A client sends no template ${templateId}`);
  }
}

/** One line for each symbol, however many a request names. */
function describe(decoder: AnyRequestDecoder): string[] {
  if (decoder instanceof v2.StartManyRequestDecoder || decoder instanceof v2.StopManyRequestDecoder) {
    const verb = decoder instanceof v2.StartManyRequestDecoder ? "start" : "stop";
    return symbolsOf(decoder).map((name) => `${verb} ${name} ${decoder.dataType()}/${decoder.resolution()}`);
  }
  if (decoder instanceof v2.StartDataRequestDecoder) {
    return [`start ${decoder.symbol()} ${decoder.dataType()}/${decoder.resolution()}`];
  }
  if (decoder instanceof v2.StopDataRequestDecoder) {
    return [`stop ${decoder.symbol()} ${decoder.dataType()}/${decoder.resolution()}`];
  }
  if (decoder instanceof v2.LoginRequestDecoder) return ["login"];
  if (decoder instanceof v2.LogoutRequestDecoder) return ["logout"];
  return [decoder instanceof v2.HeartbeatRequestDecoder ? "heartbeat" : "stop-all"];
}

function symbolsOf(decoder: v2.StartManyRequestDecoder | v2.StopManyRequestDecoder): string[] {
  const names: string[] = [];
  const entries = decoder.symbols();
  while (entries.hasNext()) names.push(entries.next().symbol());
  return names;
}
