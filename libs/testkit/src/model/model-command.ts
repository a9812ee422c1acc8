import type { Command } from "@ims/iggy-protocol";
import { type Refusal, statusRefusal } from "./refusal.js";

/** Who sends a request, as far as commands look at it. */
export interface Caller {
  /** Client id of the request header: polls and syncs of a group go by it. */
  readonly client: bigint;
  /** Client id of the session: joining and leaving go by it. */
  readonly bound: bigint;
}

/** Runs one command: body in, payload of the reply out; throws a {@link Refusal}. */
export type ModelCommand = (body: Uint8Array, caller: Caller) => Uint8Array;

/** What an undecodable body ends in: a refusal, or a payload that is sent all the same. */
export type Undecodable = Refusal | Uint8Array;

const INVALID_COMMAND = 3;

/** Binds a command of the protocol to its effect on the model. */
export function modelCommand<Request, Reply>(
  command: Command<Request, Reply>,
  run: (request: Request, caller: Caller) => Reply,
  undecodable: Undecodable = statusRefusal(INVALID_COMMAND),
): readonly [code: number, command: ModelCommand] {
  const answer: ModelCommand = (body, caller) => {
    let request: Request;
    try {
      request = command.codec.decodeRequest(body);
    } catch {
      if (undecodable instanceof Uint8Array) return undecodable;
      throw undecodable;
    }
    return command.codec.encodeReply(run(request, caller));
  };
  return [command.code, answer];
}
