import { Delivery, isImsError, SYMBOLS_PER_REQUEST_MAX } from "@ims/common";
import { HEADER_LENGTH, readHeader, v1, v2 } from "@ims/sbe";
import type { ControlRequest, SchemaGeneration } from "./control-request.js";
import { type ReadRequest, VERSION_1_READERS } from "./decode-version-1.js";

/** Why bytes of the control topic are no request; a fixed set, for counting and logging. */
export type MalformedKind =
  | "too-short"
  | "wrong-schema"
  | "unknown-template"
  | "truncated"
  | "contradicting-type"
  | "unreadable-text";

/** As much of the sender as could be read, so that it can be answered. */
export interface MalformedSender {
  readonly generation: SchemaGeneration;
  readonly templateId: number;
  readonly clientId: number;
  readonly sessionId: bigint;
  readonly requestId: bigint;
}

export type DecodedControlMessage =
  | { readonly kind: "request"; readonly request: ControlRequest }
  /** An answer to version 1 clients, which stand on the same topic as their requests. */
  | { readonly kind: "own-answer" }
  | {
      readonly kind: "malformed";
      readonly reason: MalformedKind;
      readonly detail: string;
      readonly sender: MalformedSender | undefined;
    };

const SCHEMA_ID = 1;
const ANSWER_TEMPLATES: ReadonlySet<number> = new Set([
  v1.ClientErrorDecoder.TEMPLATE_ID,
  v1.DataErrorDecoder.TEMPLATE_ID,
  v1.OrderErrorDecoder.TEMPLATE_ID,
]);

const loginRequest = new v2.LoginRequestDecoder();
const logoutRequest = new v2.LogoutRequestDecoder();
const heartbeatRequest = new v2.HeartbeatRequestDecoder();
const startRequest = new v2.StartDataRequestDecoder();
const stopRequest = new v2.StopDataRequestDecoder();
const stopAllRequest = new v2.StopAllDataRequestDecoder();
const startManyRequest = new v2.StartManyRequestDecoder();
const stopManyRequest = new v2.StopManyRequestDecoder();

interface Reader {
  readonly generation: SchemaGeneration;
  readonly read: ReadRequest;
}

/** Of version 2, by template id. */
const VERSION_2_READERS: readonly (readonly [templateId: number, read: ReadRequest])[] = [
  [v2.LoginRequestDecoder.TEMPLATE_ID, readLogin],
  [v2.LogoutRequestDecoder.TEMPLATE_ID, readLogout],
  [v2.HeartbeatRequestDecoder.TEMPLATE_ID, readHeartbeat],
  [v2.StartDataRequestDecoder.TEMPLATE_ID, readStart],
  [v2.StopDataRequestDecoder.TEMPLATE_ID, readStop],
  [v2.StopAllDataRequestDecoder.TEMPLATE_ID, readStopAll],
  [v2.StartManyRequestDecoder.TEMPLATE_ID, readStartMany],
  [v2.StopManyRequestDecoder.TEMPLATE_ID, readStopMany],
];

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  ...VERSION_2_READERS.map(([templateId, read]): [number, Reader] => [templateId, { generation: 2, read }]),
  ...VERSION_1_READERS.map(([templateId, read]): [number, Reader] => [templateId, { generation: 1, read }]),
]);

/** Reads one message of the control topic, `view[at, at + length)`. Throws nothing, whatever the bytes are. */
export function decodeControlMessage(view: DataView, at: number, length: number): DecodedControlMessage {
  const header = readHeader(view, at, length);
  if (!header) return malformed("too-short", `${length} octets hold no SBE header`, undefined);
  const { templateId, schemaId } = header;
  if (schemaId !== SCHEMA_ID) {
    return malformed("wrong-schema", `schema id ${schemaId} instead of ${SCHEMA_ID}`, undefined);
  }
  if (ANSWER_TEMPLATES.has(templateId)) return { kind: "own-answer" };
  const reader = READERS.get(templateId);
  if (!reader) {
    const detail = `template ${templateId} is no request`;
    return malformed("unknown-template", detail, undefined);
  }
  const { generation } = reader;
  try {
    const request = reader.read(view, at, length);
    if (request) return { kind: "request", request };
    const sender = readSender(view, at, length, generation, templateId);
    return malformed("contradicting-type", `template ${templateId} repeats another message type`, sender);
  } catch (error) {
    const reason = isImsError(error, "sbe.truncated") ? "truncated" : "unreadable-text";
    const detail = error instanceof Error ? error.message : String(error);
    return malformed(reason, detail, readSender(view, at, length, generation, templateId));
  }
}

function malformed(
  reason: MalformedKind,
  detail: string,
  sender: MalformedSender | undefined,
): DecodedControlMessage {
  return { kind: "malformed", reason, detail, sender };
}

/** The client's number stands at the same place in every request of a generation, so a cut message may still hold it. */
function readSender(
  view: DataView,
  at: number,
  length: number,
  generation: SchemaGeneration,
  templateId: number,
): MalformedSender | undefined {
  const block = at + HEADER_LENGTH;
  const octets = length - HEADER_LENGTH;
  if (generation === 1) {
    if (octets < 4) return undefined;
    const clientId = view.getUint16(block + 2, true);
    return { generation, templateId, clientId, sessionId: 0n, requestId: 0n };
  }
  if (octets < 26) return undefined;
  return {
    generation,
    templateId,
    clientId: view.getUint16(block + 24, true),
    sessionId: view.getBigUint64(block, true),
    requestId: view.getBigUint64(block + 8, true),
  };
}

/** What every version 2 request has. */
function common(
  decoder:
    | typeof loginRequest
    | typeof logoutRequest
    | typeof heartbeatRequest
    | typeof startRequest
    | typeof stopRequest
    | typeof stopAllRequest
    | typeof startManyRequest
    | typeof stopManyRequest,
) {
  return {
    generation: 2,
    templateId: decoder.TEMPLATE_ID,
    clientId: decoder.clientId(),
    exchangeId: decoder.exchangeId(),
    sessionId: decoder.sessionId(),
    requestId: decoder.requestId(),
    sentMicros: decoder.sentTime(),
  } as const;
}

function readLogin(view: DataView, at: number, length: number): ControlRequest {
  loginRequest.wrapAndApplyHeader(view, at, length);
  return {
    kind: "login",
    ...common(loginRequest),
    accessToken: loginRequest.accessToken(),
    clientName: loginRequest.clientName(),
    clientVersion: loginRequest.clientVersion(),
  };
}

function readLogout(view: DataView, at: number, length: number): ControlRequest {
  return { kind: "logout", ...common(logoutRequest.wrapAndApplyHeader(view, at, length)) };
}

function readHeartbeat(view: DataView, at: number, length: number): ControlRequest {
  return { kind: "heartbeat", ...common(heartbeatRequest.wrapAndApplyHeader(view, at, length)) };
}

function readStart(view: DataView, at: number, length: number): ControlRequest {
  startRequest.wrapAndApplyHeader(view, at, length);
  return {
    kind: "start",
    ...common(startRequest),
    dataType: startRequest.dataType(),
    resolution: startRequest.resolution(),
    delivery: startRequest.delivery() === Delivery.Shared ? Delivery.Shared : Delivery.Private,
    symbols: [startRequest.symbol()],
    symbolCount: 1,
  };
}

function readStop(view: DataView, at: number, length: number): ControlRequest {
  stopRequest.wrapAndApplyHeader(view, at, length);
  return {
    kind: "stop",
    ...common(stopRequest),
    dataType: stopRequest.dataType(),
    resolution: stopRequest.resolution(),
    symbols: [stopRequest.symbol()],
    symbolCount: 1,
  };
}

function readStopAll(view: DataView, at: number, length: number): ControlRequest {
  return { kind: "stop-all", ...common(stopAllRequest.wrapAndApplyHeader(view, at, length)) };
}

function readStartMany(view: DataView, at: number, length: number): ControlRequest {
  startManyRequest.wrapAndApplyHeader(view, at, length);
  return {
    kind: "start",
    ...common(startManyRequest),
    dataType: startManyRequest.dataType(),
    resolution: startManyRequest.resolution(),
    delivery: startManyRequest.delivery() === Delivery.Shared ? Delivery.Shared : Delivery.Private,
    ...readSymbols(startManyRequest.symbols()),
  };
}

function readStopMany(view: DataView, at: number, length: number): ControlRequest {
  stopManyRequest.wrapAndApplyHeader(view, at, length);
  return {
    kind: "stop",
    ...common(stopManyRequest),
    dataType: stopManyRequest.dataType(),
    resolution: stopManyRequest.resolution(),
    ...readSymbols(stopManyRequest.symbols()),
  };
}

interface SymbolEntries {
  readonly count: number;
  hasNext(): boolean;
  next(): { symbol(): string };
}

/** Reads no more than a request may name: what announces more is refused whole. */
function readSymbols(entries: SymbolEntries): { symbols: readonly string[]; symbolCount: number } {
  const symbolCount = entries.count;
  const symbols = new Set<string>();
  if (symbolCount <= SYMBOLS_PER_REQUEST_MAX) {
    while (entries.hasNext()) symbols.add(entries.next().symbol());
  }
  return { symbols: [...symbols], symbolCount };
}
