import {
  DataErrorCode,
  DataType,
  dataTypeName,
  type ExchangeId,
  exchangeName,
  type Instrument,
  type StreamNames,
  SYMBOLS_PER_REQUEST_MAX,
  timeResolutionText,
} from "@ims/common";
import type { IntegrationDescription, InvalidSymbol } from "@ims/traits";
import { type Refusal, refuseData } from "./control-reply.js";
import type { ControlRequest } from "./control-request.js";

const NAMED_SYMBOLS_MAX = 10;

/** What the venue said of a symbol that a request names. */
export type SymbolVerdict = Instrument | InvalidSymbol;

/** What a service serves. */
export interface ServiceOffer {
  readonly exchange: ExchangeId;
  readonly description: IntegrationDescription;
  readonly names: StreamNames;
}

/** Whether a request asks for something that the service serves; each refusal says what to ask for instead. */
export class RequestChecks {
  private readonly exchange: ExchangeId;
  private readonly description: IntegrationDescription;
  private readonly names: StreamNames;

  constructor({ exchange, description, names }: ServiceOffer) {
    this.exchange = exchange;
    this.description = description;
    this.names = names;
  }

  wrongExchange(request: ControlRequest): Refusal | undefined {
    // Version 1 names no exchange in its login and logout.
    if (request.generation === 1 && (request.kind === "login" || request.kind === "logout")) return undefined;
    if (request.exchangeId === this.exchange) return undefined;
    const asked = exchangeName(request.exchangeId) ?? "no known exchange";
    return refuseData(
      DataErrorCode.WrongExchange,
      `This service serves ${this.names.exchange} (${this.exchange}), the request names ${asked} ` +
        `(${request.exchangeId}). Send it to the control stream of that exchange.`,
    );
  }

  dataType(dataType: number): Refusal | undefined {
    const { dataTypes, title } = this.description;
    const name = dataType === DataType.Unknown ? undefined : dataTypeName(dataType);
    if (name === undefined) {
      return refuseData(
        DataErrorCode.DataTypeNotKnown,
        `Data type ${dataType} is not known. Ask for one of ${dataTypes.map(dataTypeName).join(", ")}.`,
      );
    }
    if (dataTypes.some((offered) => offered === dataType)) return undefined;
    return refuseData(
      DataErrorCode.DataUnavailable,
      `${title} does not offer ${name}. Ask for one of ${dataTypes.map(dataTypeName).join(", ")}.`,
    );
  }

  symbolCount(symbolCount: number): Refusal | undefined {
    if (symbolCount >= 1 && symbolCount <= SYMBOLS_PER_REQUEST_MAX) return undefined;
    return refuseData(
      DataErrorCode.MalformedRequest,
      `The request names ${symbolCount} symbols, it may name 1 to ${SYMBOLS_PER_REQUEST_MAX}. Send several requests.`,
    );
  }

  /** The wrong ones of a request for several symbols; names are few and short, the sentence has to fit a reply. */
  symbols(refused: readonly (readonly [symbol: string, verdict: InvalidSymbol | undefined])[]): Refusal {
    const [first] = refused;
    const refusal = this.symbol(...first!);
    if (refused.length === 1) return refusal;
    const names = refused.slice(0, NAMED_SYMBOLS_MAX).map(([symbol]) => symbol);
    const more = refused.length > names.length ? ` and ${refused.length - names.length} more` : "";
    return {
      ...refusal,
      text: `${refusal.text} Not served are ${names.join(", ")}${more}; nothing was started.`,
    };
  }

  resolution(resolution: number): Refusal | undefined {
    const { resolutions, title } = this.description;
    const text = timeResolutionText(resolution);
    if (text !== undefined && resolutions.includes(text)) return undefined;
    return refuseData(
      DataErrorCode.ResolutionNotOffered,
      `${title} does not offer bars of ${text ?? `resolution number ${resolution}`}. ` +
        `Ask for one of ${resolutions.join(", ")}.`,
    );
  }

  symbol(symbol: string, verdict: InvalidSymbol | undefined): Refusal {
    const { title } = this.description;
    if (!verdict) {
      return refuseData(
        DataErrorCode.DataUnavailable,
        `The symbols of ${title} cannot be checked at the moment. Try again in a few seconds.`,
      );
    }
    const hint =
      verdict.suggestions.length > 0 ? ` Did you mean ${verdict.suggestions.slice(0, 5).join(", ")}?` : "";
    // Most venues' reasons name the symbol themselves.
    const reason = verdict.reason.includes(symbol)
      ? verdict.reason
      : `the symbol ${JSON.stringify(symbol)} is not served: ${verdict.reason}`;
    return refuseData(DataErrorCode.UnknownSymbol, `${title}: ${reason}.${hint}`);
  }
}
