import { HEADER_LENGTH, v2 } from "@ims/sbe";
import { fail } from "../errors/client-errors.js";
import { type ControlRequest, ControlTemplate, type ManyDataRequest, type RequestHeader } from "./request.js";

const TEXT_ENCODER = new TextEncoder();

/** Longest texts that the messages hold, in bytes of UTF-8. */
const SYMBOL_BYTES_MAX = 32;
const TOKEN_BYTES_MAX = 64;
const CLIENT_NAME_BYTES_MAX = 32;
const CLIENT_VERSION_BYTES_MAX = 16;

/** The template id under which a request goes out; replies name it. */
export function requestTemplateId(request: ControlRequest): number {
  switch (request.kind) {
    case "login":
      return ControlTemplate.LoginRequest;
    case "logout":
      return ControlTemplate.LogoutRequest;
    case "heartbeat":
      return ControlTemplate.HeartbeatRequest;
    case "start":
      return ControlTemplate.StartDataRequest;
    case "stop":
      return ControlTemplate.StopDataRequest;
    case "stop-all":
      return ControlTemplate.StopAllDataRequest;
    case "start-many":
      return ControlTemplate.StartManyRequest;
    case "stop-many":
      return ControlTemplate.StopManyRequest;
  }
}

/** What the encoders of all requests share. */
interface RequestEncoder {
  wrapAndApplyHeader(view: DataView, offset: number): this;
  sessionId(value: bigint): this;
  requestIdNumber(value: number): this;
  sentTimeNumber(value: number): this;
  clientId(value: number): this;
  exchangeId(value: number): this;
}

/**
 * One control message of schema version 2, SBE header first.
 * @throws ImsError `client.invalid-argument` for a text that does not fit its field
 */
export function encodeRequest(request: ControlRequest, header: RequestHeader): Uint8Array {
  switch (request.kind) {
    case "login":
      return encodeMessage(
        new v2.LoginRequestEncoder(),
        v2.LoginRequestEncoder.BLOCK_LENGTH,
        header,
        (encoder) =>
          encoder
            .accessToken(fitting("access token", request.accessToken, TOKEN_BYTES_MAX))
            .clientName(fitting("client name", request.clientName, CLIENT_NAME_BYTES_MAX))
            .clientVersion(fitting("client version", request.clientVersion, CLIENT_VERSION_BYTES_MAX)),
      );
    case "logout":
      return encodeMessage(new v2.LogoutRequestEncoder(), v2.LogoutRequestEncoder.BLOCK_LENGTH, header);
    case "heartbeat":
      return encodeMessage(new v2.HeartbeatRequestEncoder(), v2.HeartbeatRequestEncoder.BLOCK_LENGTH, header);
    case "start":
      return encodeMessage(
        new v2.StartDataRequestEncoder(),
        v2.StartDataRequestEncoder.BLOCK_LENGTH,
        header,
        (encoder) =>
          encoder
            .dataType(request.dataType)
            .resolution(request.resolution)
            .delivery(v2.Delivery.Shared)
            .symbol(fitting("symbol", request.symbol, SYMBOL_BYTES_MAX)),
      );
    case "stop":
      return encodeMessage(
        new v2.StopDataRequestEncoder(),
        v2.StopDataRequestEncoder.BLOCK_LENGTH,
        header,
        (encoder) =>
          encoder
            .dataType(request.dataType)
            .resolution(request.resolution)
            .symbol(fitting("symbol", request.symbol, SYMBOL_BYTES_MAX)),
      );
    case "stop-all":
      return encodeMessage(
        new v2.StopAllDataRequestEncoder(),
        v2.StopAllDataRequestEncoder.BLOCK_LENGTH,
        header,
      );
    case "start-many":
      return encodeMany(new v2.StartManyRequestEncoder(), request, header);
    case "stop-many":
      return encodeMany(new v2.StopManyRequestEncoder(), request, header);
  }
}

function encodeMany(
  encoder: v2.StartManyRequestEncoder | v2.StopManyRequestEncoder,
  request: ManyDataRequest,
  header: RequestHeader,
): Uint8Array {
  const { symbols, dataType, resolution } = request;
  const byteCount = v2.StartManyRequestEncoder.encodedLengthFor({ symbols: symbols.length });
  const writeFields = () => {
    encoder.dataType(dataType).resolution(resolution);
    if (encoder instanceof v2.StartManyRequestEncoder) encoder.delivery(v2.Delivery.Shared);
    const entries = encoder.symbolsCount(symbols.length);
    for (const symbol of symbols) entries.next().symbol(fitting("symbol", symbol, SYMBOL_BYTES_MAX));
  };
  // Both have the same layout.
  return encodeMessage<RequestEncoder>(encoder, byteCount - HEADER_LENGTH, header, writeFields);
}

function encodeMessage<Encoder extends RequestEncoder>(
  encoder: Encoder,
  bodyLength: number,
  header: RequestHeader,
  writeFields: (encoder: Encoder) => unknown = () => undefined,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + bodyLength);
  encoder
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .sessionId(header.sessionId)
    .requestIdNumber(header.requestId)
    .sentTimeNumber(header.sentMicros)
    .clientId(header.clientId)
    .exchangeId(header.exchangeId);
  writeFields(encoder);
  return bytes;
}

function fitting(what: string, text: string, bytesMax: number): string {
  const byteCount = TEXT_ENCODER.encode(text).length;
  if (byteCount <= bytesMax) return text;
  throw fail("client.invalid-argument", `The ${what} has ${byteCount} bytes, at most ${bytesMax} fit`, {
    context: { what, byteCount, bytesMax },
  });
}
