import { Delivery } from "@ims/common";
import { v1 } from "@ims/sbe";
import type { ControlRequest } from "./control-request.js";

/** Gives undefined when the message type that the body repeats is not that of the template; throws for cut bytes. */
export type ReadRequest = (view: DataView, at: number, length: number) => ControlRequest | undefined;

const clientLogin = new v1.ClientLoginDecoder();
const clientLogout = new v1.ClientLogoutDecoder();
const startData = new v1.StartDataMsgDecoder();
const stopData = new v1.StopDataMsgDecoder();
const stopAllData = new v1.StopAllDataMsgDecoder();

/** The requests of the reference system's clients by template id. They know private delivery only. */
export const VERSION_1_READERS: readonly (readonly [templateId: number, read: ReadRequest])[] = [
  [v1.ClientLoginDecoder.TEMPLATE_ID, readClientLogin],
  [v1.ClientLogoutDecoder.TEMPLATE_ID, readClientLogout],
  [v1.StartDataMsgDecoder.TEMPLATE_ID, readStartData],
  [v1.StopDataMsgDecoder.TEMPLATE_ID, readStopData],
  [v1.StopAllDataMsgDecoder.TEMPLATE_ID, readStopAllData],
];

/** What every version 1 request has; undefined when its message type contradicts its template. */
function version1(templateId: number, messageType: number, clientId: number, exchangeId: number) {
  if (messageType !== templateId) return undefined;
  return {
    generation: 1,
    templateId,
    clientId,
    exchangeId,
    sessionId: 0n,
    requestId: 0n,
    sentMicros: 0n,
  } as const;
}

function readClientLogin(view: DataView, at: number, length: number): ControlRequest | undefined {
  const message = clientLogin.wrapAndApplyHeader(view, at, length);
  const base = version1(message.TEMPLATE_ID, message.messageType(), message.clientID(), 0);
  return base && { kind: "login", ...base, accessToken: "", clientName: "", clientVersion: "1" };
}

function readClientLogout(view: DataView, at: number, length: number): ControlRequest | undefined {
  const message = clientLogout.wrapAndApplyHeader(view, at, length);
  const base = version1(message.TEMPLATE_ID, message.messageType(), message.clientID(), 0);
  return base && { kind: "logout", ...base };
}

function readStartData(view: DataView, at: number, length: number): ControlRequest | undefined {
  const message = startData.wrapAndApplyHeader(view, at, length);
  const base = version1(message.TEMPLATE_ID, message.messageType(), message.clientID(), message.exchangeID());
  return (
    base && {
      kind: "start",
      ...base,
      dataType: message.dataTypeID(),
      resolution: message.timeResolution(),
      delivery: Delivery.Private,
      symbols: [message.symbolID().trim()],
      symbolCount: 1,
    }
  );
}

/** Version 1 names no resolution here: the symbol's bars of every resolution end. */
function readStopData(view: DataView, at: number, length: number): ControlRequest | undefined {
  const message = stopData.wrapAndApplyHeader(view, at, length);
  const base = version1(message.TEMPLATE_ID, message.messageType(), message.clientID(), message.exchangeID());
  return (
    base && {
      kind: "stop",
      ...base,
      dataType: message.dataTypeID(),
      resolution: 0,
      symbols: [message.symbolID().trim()],
      symbolCount: 1,
    }
  );
}

function readStopAllData(view: DataView, at: number, length: number): ControlRequest | undefined {
  const message = stopAllData.wrapAndApplyHeader(view, at, length);
  const base = version1(message.TEMPLATE_ID, message.messageType(), message.clientID(), message.exchangeID());
  return base && { kind: "stop-all", ...base };
}
