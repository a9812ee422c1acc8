import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { venueError } from "../errors.js";

const gunzipAsync = promisify(gunzip);

/** The whole body, unpacked if it is gzip. Throws `venue.bad-reply` beyond `bytesMax`, packed or unpacked. */
export async function readBody(reply: IncomingMessage, bytesMax: number, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > bytesMax) throw venueError("venue.bad-reply", `${what} sent more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (reply.headers["content-encoding"] !== "gzip") return body;
  try {
    return await gunzipAsync(body, { maxOutputLength: bytesMax });
  } catch (cause) {
    throw venueError(
      "venue.bad-reply",
      `${what} sent a gzip body that does not unpack within ${bytesMax} bytes`,
      {
        cause,
      },
    );
  }
}
