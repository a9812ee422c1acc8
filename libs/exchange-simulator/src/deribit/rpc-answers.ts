import { printRaw } from "./raw-json.js";

/** Errors of the venue that the simulator gives. */
export const RpcError = {
  TooManyRequests: [10028, "too_many_requests"],
  InvalidInstrument: [10020, "invalid_instrument"],
  RawUnauthorized: [13778, "raw_subscriptions_not_available_for_unauthorized"],
  InvalidCredentials: [13004, "invalid_credentials"],
  MethodNotFound: [-32601, "Method not found"],
  InvalidParams: [-32602, "Invalid params"],
  Unavailable: [13028, "temporarily_unavailable"],
} as const;
export type RpcError = (typeof RpcError)[keyof typeof RpcError];

/** One answer; the order of its keys differs from answer to answer, as the venue's does. */
export function rpcResult(id: unknown, result: unknown, nowMillis: number): string {
  const times = { usIn: nowMillis * 1000, usOut: nowMillis * 1000 + 300, usDiff: 300, testnet: false };
  return printRaw(
    nowMillis % 2 === 0
      ? { jsonrpc: "2.0", id: id ?? undefined, result, ...times }
      : { ...times, result, id: id ?? undefined, jsonrpc: "2.0" },
  );
}

export function rpcError(
  id: unknown,
  [code, message]: readonly [code: number, message: string],
  reason?: string,
): string {
  return printRaw({
    jsonrpc: "2.0",
    id: id ?? undefined,
    error: { code, message, data: reason && { reason } },
  });
}

/** A notification of a channel. */
export function notification(channel: string, data: unknown): string {
  return printRaw({ jsonrpc: "2.0", method: "subscription", params: { channel, data } });
}

/** A heartbeat; `test_request` wants an answer. */
export function heartbeat(type: "heartbeat" | "test_request"): string {
  return printRaw({ params: { type }, method: "heartbeat", jsonrpc: "2.0" });
}
