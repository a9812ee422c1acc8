import http from "node:http";
import https from "node:https";
import { readBody } from "./read-body.js";

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Unpacked. */
  readonly body: Buffer;
}

/** One GET. Rejects if the connection fails or breaks, or the signal aborts; any status resolves. */
export type HttpTransport = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  bytesMax: number,
  signal: AbortSignal,
) => Promise<HttpReply>;

/** Real requests, each on a connection of its own, so that nothing outlives it. */
export const httpGet: HttpTransport = async (url, headers, bytesMax, signal) => {
  const reply = await open(url, { ...headers, "accept-encoding": "gzip" }, signal);
  const body = await readBody(reply, bytesMax, `GET ${url.host}${url.pathname}`);
  return { status: reply.statusCode ?? 0, headers: reply.headers, body };
};

function open(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? https.get : http.get;
    get(url, { agent: false, headers, signal }, resolve).on("error", reject);
  });
}

/** The first value of a header, undefined if it is absent. */
export function headerOf(reply: HttpReply, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
