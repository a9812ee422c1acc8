import type { CommandCodec } from "@ims/iggy-protocol";
import { statusRefusal } from "./refusal.js";

/** Decodes a body or throws a Refusal with that status. */
export function decodeOr<Request>(
  codec: CommandCodec<Request, unknown>,
  body: Uint8Array,
  status: number,
): Request {
  try {
    return codec.decodeRequest(body);
  } catch {
    throw statusRefusal(status);
  }
}
