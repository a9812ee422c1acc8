import {
  ClientErrorCode,
  DataErrorCode,
  DataType,
  Delivery,
  dataTypeName,
  type Instrument,
  marketDataPartition,
  marketDataTopicOf,
  NO_RESOLUTION,
} from "@ims/common";
import type { LoginPolicy } from "../sessions/login-policy.js";
import type { Feed } from "../subscriptions/feed.js";
import type { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { Answer } from "./answer.js";
import { type Refusal, refuseClient, refuseData } from "./control-reply.js";
import type { StartDataRequest, StopDataRequest } from "./control-request.js";
import { replyBase } from "./replies.js";
import { RequestChecks, type ServiceOffer, type SymbolVerdict } from "./request-checks.js";

export interface DataRequestOptions extends ServiceOffer {
  /** Partitions of a market-data topic. */
  readonly partitionCount: (topic: string) => number;
  readonly subscriptionsPerClientMax: number;
  /** The number of an instrument in this service's streams. */
  readonly instrumentIdOf: (instrument: Instrument) => number;
}

/** Undefined for a symbol that could not be checked, because the venue's list is not there. */
export type VerdictOf = (symbol: string) => SymbolVerdict | undefined;

/** A version 1 record holds 20 octets of symbol; longer names would be cut. */
const VERSION_1_SYMBOL_BYTES_MAX = 20;

/** Starts and stops of a client that is logged in. A request is carried out whole or changes nothing. */
export class DataRequests {
  readonly #checks: RequestChecks;

  constructor(
    private readonly options: DataRequestOptions,
    private readonly policy: LoginPolicy,
    private readonly subscriptions: SubscriptionTable,
  ) {
    this.#checks = new RequestChecks(options);
  }

  /** Subscribes to every symbol of the request; the caller starts the feeds and fills in the offsets. */
  start(request: StartDataRequest, verdictOf: VerdictOf): Answer | Refusal {
    const { clientId, generation, delivery, dataType } = request;
    const instruments = this.#instruments(request, verdictOf);
    if (!Array.isArray(instruments)) return instruments;
    const resolution = dataType === DataType.Bar ? request.resolution : NO_RESOLUTION;
    const asked = instruments.map(({ symbol }): Feed => ({ dataType, resolution, symbol }));
    const added = asked.filter((feed) => !this.subscriptions.has(clientId, feed));
    const refused = this.#aboveLimit(request, added.length);
    if (refused) return refused;
    for (const feed of asked) this.subscriptions.add({ clientId, feed, delivery, generation });
    const { names } = this.options;
    const isPrivate = delivery === Delivery.Private;
    const topic = isPrivate ? names.dataTopic : marketDataTopicOf(dataType)!;
    return {
      isComplete: false,
      asked,
      added,
      reply: {
        kind: "start-accepted",
        ...replyBase(request),
        dataType,
        resolution,
        delivery,
        stream: isPrivate ? names.clientStream(clientId) : names.marketDataStream,
        topic,
        symbols: instruments.map((instrument) => {
          const instrumentId = this.options.instrumentIdOf(instrument);
          const partitionCount = isPrivate ? 1 : this.options.partitionCount(topic);
          const partitionId = marketDataPartition(instrumentId, partitionCount);
          return { symbol: instrument.symbol, instrumentId, partitionId, firstOffset: 0 };
        }),
      },
    };
  }

  /** Ends the subscriptions; returns how many. */
  stop(request: StopDataRequest, verdictOf: VerdictOf): number | Refusal {
    const refused = this.#checks.dataType(request.dataType) ?? this.#checks.symbolCount(request.symbolCount);
    if (refused) return refused;
    const named = new Set(request.symbols.map((symbol) => spelling(symbol, verdictOf)));
    const matching = this.subscriptions
      .feedsOf(request.clientId)
      .filter(
        (feed) =>
          feed.dataType === request.dataType &&
          named.has(feed.symbol) &&
          (request.resolution === NO_RESOLUTION || feed.resolution === request.resolution),
      );
    // A subscribed symbol that the venue has since delisted can still be stopped.
    for (const { symbol } of matching) named.delete(symbol);
    const wrong = [...named].flatMap((symbol) => {
      const verdict = verdictOf(symbol);
      return verdict && "reason" in verdict ? [[symbol, verdict] as const] : [];
    });
    if (wrong.length > 0) return this.#checks.symbols(wrong);
    for (const feed of matching) this.subscriptions.remove(request.clientId, feed);
    return matching.length;
  }

  /** The instruments of the request's symbols, in its order; a refusal when any of them cannot be served. */
  #instruments(request: StartDataRequest, verdictOf: VerdictOf): Instrument[] | Refusal {
    const checks = this.#checks;
    const refused =
      checks.dataType(request.dataType) ??
      this.#notGranted(request) ??
      checks.symbolCount(request.symbolCount);
    if (refused) return refused;
    const instruments: Instrument[] = [];
    const wrong: (readonly [string, Exclude<SymbolVerdict, Instrument> | undefined])[] = [];
    for (const symbol of request.symbols) {
      const verdict = verdictOf(symbol);
      if (!verdict || "reason" in verdict) wrong.push([symbol, verdict]);
      else instruments.push(verdict);
    }
    if (wrong.length > 0) return checks.symbols(wrong);
    const resolution = request.dataType === DataType.Bar ? checks.resolution(request.resolution) : undefined;
    return (
      resolution ??
      (request.generation === 1 ? notOfVersion1(request, instruments) : undefined) ??
      instruments
    );
  }

  #notGranted({ clientId, generation, dataType }: StartDataRequest): Refusal | undefined {
    const granted = this.policy.grantOf(clientId, generation)?.dataTypes;
    if (!granted || granted.has(dataType)) return undefined;
    const names = [...granted].map((type) => dataTypeName(type)).join(", ");
    return refuseClient(
      ClientErrorCode.NotAuthorized,
      `Client ${clientId} may not read ${dataTypeName(dataType)}, only ${names}. Ask the service's operator for it.`,
    );
  }

  #aboveLimit({ clientId, generation }: StartDataRequest, addedCount: number): Refusal | undefined {
    const { subscriptionsMax } = this.policy.grantOf(clientId, generation) ?? {};
    const limit = subscriptionsMax ?? this.options.subscriptionsPerClientMax;
    const count = this.subscriptions.countOf(clientId);
    if (addedCount === 0 || count + addedCount <= limit) return undefined;
    return refuseData(
      DataErrorCode.SubscriptionLimit,
      `Client ${clientId} has ${count} subscriptions of its limit of ${limit}, ${addedCount} more were asked for. ` +
        "Stop some before starting more.",
    );
  }
}

/** What the records of version 1 cannot carry. */
function notOfVersion1(
  { dataType }: StartDataRequest,
  instruments: readonly Instrument[],
): Refusal | undefined {
  if (dataType !== DataType.Bar && dataType !== DataType.Trade) {
    return refuseData(
      DataErrorCode.DataUnavailable,
      "Version 1 has records of trades and bars only. Use version 2.",
    );
  }
  const long = instruments.find(({ symbol }) => Buffer.byteLength(symbol) > VERSION_1_SYMBOL_BYTES_MAX);
  return (
    long &&
    refuseData(DataErrorCode.DataUnavailable, `Version 1 records cannot carry the symbol ${long.symbol}.`)
  );
}

/** A symbol as the venue spells it, where it takes other spellings. */
function spelling(symbol: string, verdictOf: VerdictOf): string {
  const verdict = verdictOf(symbol);
  return verdict && !("reason" in verdict) ? verdict.symbol : symbol;
}
