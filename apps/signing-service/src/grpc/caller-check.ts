import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { type Metadata, status } from "@grpc/grpc-js";
import { fail } from "../errors.js";
import { CallRefused } from "./call-refused.js";

/** Whether a gRPC address is one that only this machine reaches. */
export function isLoopback(address: string): boolean {
  const host = address.slice(0, Math.max(0, address.lastIndexOf(":"))).replace(/^\[|\]$/g, "");
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** Lets through whoever reaches a loopback address, or gives the token of the service. */
export class CallerCheck {
  readonly #digest: Buffer | undefined;

  /** @throws ImsError `signing-service.bad-setting` for an address that others reach, without a token */
  constructor(address: string, token: string | undefined) {
    if (token === undefined && !isLoopback(address)) {
      const detail = `${address} can be reached from other machines: set IMS_SIGN_TOKEN, or listen on 127.0.0.1`;
      throw fail("signing-service.bad-setting", detail);
    }
    this.#digest = token === undefined ? undefined : digestOf(`Bearer ${token}`);
  }

  /** @throws CallRefused */
  require(metadata: Metadata): void {
    if (this.#digest === undefined) return;
    const [given] = metadata.get("authorization");
    // Digests have one length whatever was given, so the comparison takes the same time.
    if (typeof given === "string" && timingSafeEqual(digestOf(given), this.#digest)) return;
    throw new CallRefused(
      status.UNAUTHENTICATED,
      "give the token of the service as metadata authorization: Bearer TOKEN",
    );
  }
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
