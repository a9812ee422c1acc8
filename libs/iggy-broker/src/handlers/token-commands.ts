import {
  COMMANDS,
  type CreateTokenRequest,
  type DeleteTokenRequest,
  IggyErrorCode,
} from "@ims/iggy-protocol";
import { newToken, tokenHash } from "../session/access-token.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import type { Decision } from "./decision.js";
import { unauthorized } from "./permission.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const TOKENS_PER_USER_MAX = 100;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** The token itself is in this one reply and nowhere else; a repetition of the request is answered 51. */
export function createToken(context: BrokerContext, request: CreateTokenRequest, caller: Caller): Decision {
  const { user } = caller;
  const { name, lifetimeMicros } = request;
  if (user.isDeleted) throw unauthorized("result");
  const nowMicros = BigInt(context.clock.nowMicros());
  const expiresAt = lifetimeMicros === null || lifetimeMicros === U64_MAX ? null : nowMicros + lifetimeMicros;
  if (user.tokens.has(name)) throw resultRefusal(IggyErrorCode.PersonalAccessTokenAlreadyExists);
  if (expiresAt !== null && expiresAt > U64_MAX)
    throw resultRefusal(IggyErrorCode.InvalidPersonalAccessTokenExpiry);
  if (user.tokens.size >= TOKENS_PER_USER_MAX)
    throw statusRefusal(IggyErrorCode.PersonalAccessTokensLimitReached);
  const token = newToken();
  return {
    change: {
      type: "token-created",
      user: user.id,
      name,
      hash: tokenHash(token),
      expiresAt: expiresAt === null ? null : String(expiresAt),
    },
    payload: () => COMMANDS.createToken.codec.encodeReply({ token }),
    repeatedAs: IggyErrorCode.PersonalAccessTokenAlreadyExists,
  };
}

export function deleteToken(_context: BrokerContext, request: DeleteTokenRequest, caller: Caller): Decision {
  const { user } = caller;
  if (user.isDeleted) throw unauthorized("result");
  if (!user.tokens.has(request.name)) throw resultRefusal(IggyErrorCode.ResourceNotFound);
  return { change: { type: "token-deleted", user: user.id, name: request.name } };
}

/** Expired tokens are listed until they are removed. */
export function getTokens(_context: BrokerContext, _body: Uint8Array, caller: Caller): Uint8Array {
  if (caller.user.isDeleted) throw unauthorized("status");
  return COMMANDS.getTokens.codec.encodeReply([...caller.user.tokens.values()]);
}
