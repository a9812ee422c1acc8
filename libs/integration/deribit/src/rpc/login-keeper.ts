import type { JsonObject } from "@ims/integration-kit";
import { NumberText } from "../json/exact-json.js";
import type { Credentials } from "../settings/credentials.js";
import { loginRequest, refreshRequest } from "./greeting.js";

/** So much of a login's time is used before it is renewed. Heartbeats come every 30 s and bring the occasion. */
const USED_SHARE = 0.8;
/** An answer that does not come within so long does not come. */
const ANSWER_MICROS = 30_000_000;
const TOKEN_LENGTH_MAX = 16_384;

/**
 * Renews the login of one connection before it expires, by its refresh token, and where that is refused by the client
 * secret. It has no timer: {@link check} is called with every frame.
 */
export class LoginKeeper {
  #renewAtMicros = Number.POSITIVE_INFINITY;
  #refreshToken: string | undefined;

  /** @param send one text frame to the venue */
  constructor(
    private readonly credentials: Credentials,
    private readonly send: (text: string) => void,
  ) {}

  /** The venue took a login or its renewal. @param result of its answer, of which nothing is ever logged */
  granted({ expires_in: seconds, refresh_token: token }: JsonObject, receiveMicros: number): void {
    const isUsable = typeof token === "string" && token.length <= TOKEN_LENGTH_MAX;
    this.#refreshToken = isUsable ? token : undefined;
    const life = seconds instanceof NumberText ? Number(seconds.text) : Number.NaN;
    this.#renewAtMicros = life > 0 ? receiveMicros + life * USED_SHARE * 1e6 : Number.POSITIVE_INFINITY;
  }

  /** The refresh token is good no more. */
  refreshRefused(receiveMicros: number): void {
    this.#refreshToken = undefined;
    this.#renew(receiveMicros);
  }

  /** @param receiveMicros of the frame that came */
  check(receiveMicros: number): void {
    if (receiveMicros >= this.#renewAtMicros) this.#renew(receiveMicros);
  }

  #renew(receiveMicros: number): void {
    const token = this.#refreshToken;
    this.#refreshToken = undefined;
    this.#renewAtMicros = receiveMicros + ANSWER_MICROS;
    this.send(token === undefined ? loginRequest(this.credentials) : refreshRequest(token));
  }
}
