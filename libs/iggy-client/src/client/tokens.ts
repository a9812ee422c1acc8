import { COMMANDS, type TokenRecord } from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";

/** Personal access tokens of the user that is logged in: `client.tokens`. They log in instead of a password. */
export class Tokens {
  constructor(private readonly requests: RequestRunner) {}

  /**
   * Makes a token and returns its secret, which the server shows this once: when the outcome is unknown, delete the
   * name and make it again. Refused with 51 when the name is taken, with 52 beyond 100 tokens.
   * @param lifetimeMicros how long it is valid, in microseconds; `null` = for ever
   */
  async create(name: string, lifetimeMicros: bigint | null, options?: CallOptions): Promise<string> {
    const { token } = await this.requests.call(COMMANDS.createToken, { name, lifetimeMicros }, options);
    return token;
  }

  /** Names and expiry, never the secrets; an expired one may still be listed for a minute. */
  list(options?: CallOptions): Promise<readonly TokenRecord[]> {
    return this.requests.call(COMMANDS.getTokens, undefined, options);
  }

  /** Refused with 20 when there is none of that name. */
  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deleteToken, { name }, options);
  }
}
