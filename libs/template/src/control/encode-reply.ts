import { DataErrorCode, type ExchangeId, RefusalKind, SYMBOLS_PER_REQUEST_MAX } from "@ims/common";
import { HEADER_LENGTH, v1, v2 } from "@ims/sbe";
import type { ControlReply, LoginAcceptedReply, RefusedReply, StartAcceptedReply } from "./control-reply.js";

/** The schema's bound of a refusal's sentence, in octets of UTF-8. */
const TEXT_BYTES_MAX = 1024;
const SYMBOLS_BYTES_MAX = v2.StartManyAcceptedEncoder.encodedLengthFor({ symbols: SYMBOLS_PER_REQUEST_MAX });
const REPLY_BYTES_MAX = Math.max(HEADER_LENGTH + 216 + TEXT_BYTES_MAX, SYMBOLS_BYTES_MAX);

const loginAccepted = new v2.LoginAcceptedEncoder();
const requestAccepted = new v2.RequestAcceptedEncoder();
const startAccepted = new v2.StartAcceptedEncoder();
const startManyAccepted = new v2.StartManyAcceptedEncoder();
const requestRefused = new v2.RequestRefusedEncoder();
const clientError = new v1.ClientErrorEncoder();
const dataError = new v1.DataErrorEncoder();

const buffer = new Uint8Array(REPLY_BYTES_MAX);
const view = new DataView(buffer.buffer);

export interface ReplyStamp {
  readonly exchange: ExchangeId;
  readonly serviceVersion: string;
  readonly nowMicros: number;
}

/** The bytes of a reply to a version 2 client: message 120, 121, 122, 123 or 129. */
export function encodeReply(reply: ControlReply, stamp: ReplyStamp): Uint8Array {
  switch (reply.kind) {
    case "login-accepted":
      return encodeLoginAccepted(reply, stamp);
    case "start-accepted":
      return reply.requestType === v2.StartManyRequestDecoder.TEMPLATE_ID
        ? encodeStartManyAccepted(reply, stamp)
        : encodeStartAccepted(reply, stamp);
    case "accepted":
      requestAccepted
        .wrapAndApplyHeader(view, 0)
        .affectedCount(reply.affectedCount)
        .restartCount(reply.restartCount);
      return finish(requestAccepted, reply, stamp);
    case "refused":
      return encodeRefused(reply, stamp);
  }
}

/**
 * The bytes of a refusal as version 1 clients expect it, message 801 or 802. They know no codes from 32 upwards: what
 * is not offered becomes "unavailable", what cannot be read "encoding".
 */
export function encodeVersion1Refusal(reply: RefusedReply): Uint8Array {
  if (reply.refusalKind === RefusalKind.Client) {
    const message = clientError.wrapAndApplyHeader(view, 0);
    message.messageType(v1.MessageType.ClientError).clientID(reply.clientId).clientErrorType(reply.code);
    return buffer.slice(0, clientError.ENCODED_LENGTH);
  }
  const code =
    reply.code === DataErrorCode.MalformedRequest
      ? DataErrorCode.Encoding
      : reply.code >= DataErrorCode.UnknownSymbol
        ? DataErrorCode.DataUnavailable
        : reply.code;
  const message = dataError.wrapAndApplyHeader(view, 0);
  message.messageType(v1.MessageType.DataError).clientID(reply.clientId).dataErrorType(code);
  return buffer.slice(0, dataError.ENCODED_LENGTH);
}

function encodeLoginAccepted(reply: LoginAcceptedReply, stamp: ReplyStamp): Uint8Array {
  loginAccepted
    .wrapAndApplyHeader(view, 0)
    .heartbeatMillis(reply.heartbeatMillis)
    .expiryMillis(reply.expiryMillis)
    .symbolsPerClientMax(reply.subscriptionsPerClientMax)
    .instrumentCount(reply.instrumentCount)
    .instrumentsOffsetNumber(reply.instrumentsOffset)
    .serviceVersion(stamp.serviceVersion);
  return finish(loginAccepted, reply, stamp);
}

function encodeStartAccepted(reply: StartAcceptedReply, stamp: ReplyStamp): Uint8Array {
  const [started] = reply.symbols;
  startAccepted
    .wrapAndApplyHeader(view, 0)
    .firstOffsetNumber(started!.firstOffset)
    .partitionId(started!.partitionId)
    .instrumentId(started!.instrumentId)
    .dataType(reply.dataType)
    .resolution(reply.resolution)
    .delivery(reply.delivery)
    .symbol(started!.symbol)
    .stream(reply.stream)
    .topic(reply.topic);
  return finish(startAccepted, reply, stamp);
}

function encodeStartManyAccepted(reply: StartAcceptedReply, stamp: ReplyStamp): Uint8Array {
  startManyAccepted
    .wrapAndApplyHeader(view, 0)
    .dataType(reply.dataType)
    .resolution(reply.resolution)
    .delivery(reply.delivery)
    .stream(reply.stream)
    .topic(reply.topic);
  const entries = startManyAccepted.symbolsCount(reply.symbols.length);
  for (const { firstOffset, partitionId, instrumentId, symbol } of reply.symbols) {
    entries
      .next()
      .firstOffsetNumber(firstOffset)
      .partitionId(partitionId)
      .instrumentId(instrumentId)
      .symbol(symbol);
  }
  return finish(startManyAccepted, reply, stamp);
}

function encodeRefused(reply: RefusedReply, stamp: ReplyStamp): Uint8Array {
  requestRefused
    .wrapAndApplyHeader(view, 0)
    .kind(reply.refusalKind)
    .code(reply.code)
    .text(shortened(reply.text));
  return finish(requestRefused, reply, stamp);
}

type ReplyEncoder =
  | v2.LoginAcceptedEncoder
  | v2.RequestAcceptedEncoder
  | v2.StartAcceptedEncoder
  | v2.StartManyAcceptedEncoder
  | v2.RequestRefusedEncoder;

/** Writes the part that all replies share and copies the bytes out of the common buffer. */
function finish(encoder: ReplyEncoder, reply: ControlReply, stamp: ReplyStamp): Uint8Array {
  encoder
    .sessionId(reply.sessionId)
    .requestId(reply.requestId)
    .sentTimeNumber(stamp.nowMicros)
    .clientId(reply.clientId)
    .exchangeId(stamp.exchange)
    .requestType(reply.requestType);
  return buffer.slice(0, HEADER_LENGTH + encoder.encodedLength());
}

/** Cut at a character: a sentence may quote what a client sent. */
function shortened(text: string): string {
  if (Buffer.byteLength(text) <= TEXT_BYTES_MAX) return text;
  let end = Math.floor(TEXT_BYTES_MAX / 3) - 1;
  // Not between the halves of a surrogate pair.
  if (/[\ud800-\udbff]/.test(text[end - 1]!)) end--;
  return `${text.slice(0, end)}…`;
}
