import { COMMANDS, type CommandCodec, IggyErrorCode } from "@ims/iggy-protocol";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import type { Decision } from "./decision.js";
import { decodeOr } from "./decode-or.js";
import * as groups from "./group-commands.js";
import * as segments from "./segment-commands.js";
import * as streams from "./stream-commands.js";
import * as tokens from "./token-commands.js";
import * as topics from "./topic-commands.js";
import * as users from "./user-commands.js";

/** Looks at the catalog and decides, or throws a Refusal. Runs alone; changes nothing itself. */
export type Decide<Request> = (context: BrokerContext, request: Request, caller: Caller) => Decision;

/** Does what takes its time, such as hashing; the function that it gives runs alone and decides. */
type Prepare<Request> = (context: BrokerContext, request: Request, caller: Caller) => Promise<() => Decision>;

/** A metadata command from body to decision. */
export type MetadataCommand = (
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
) => (() => Decision) | Promise<() => Decision>;

/** A row of the command table, as far as it is needed here. */
interface Row<Request> {
  readonly operation: number;
  readonly codec: CommandCodec<Request, unknown>;
}

/** Undecodable bodies are refused with status 3, also where the reference server falls over (wire.md section 8). */
function decided<Request>(
  { operation, codec }: Row<Request>,
  decide: Decide<Request>,
): readonly [number, MetadataCommand] {
  return [
    operation,
    (context, body, caller) => {
      const request = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
      return () => decide(context, request, caller);
    },
  ];
}

function prepared<Request>(
  { operation, codec }: Row<Request>,
  prepare: Prepare<Request>,
): readonly [number, MetadataCommand] {
  return [
    operation,
    (context, body, caller) => prepare(context, decodeOr(codec, body, IggyErrorCode.InvalidCommand), caller),
  ];
}

/** Metadata commands by operation of the request. */
export const METADATA_COMMANDS: ReadonlyMap<number, MetadataCommand> = new Map([
  decided(COMMANDS.createStream, streams.createStream),
  decided(COMMANDS.updateStream, streams.updateStream),
  decided(COMMANDS.deleteStream, streams.deleteStream),
  decided(COMMANDS.purgeStream, streams.purgeStream),
  decided(COMMANDS.createTopic, topics.createTopic),
  decided(COMMANDS.updateTopic, topics.updateTopic),
  decided(COMMANDS.deleteTopic, topics.deleteTopic),
  decided(COMMANDS.purgeTopic, topics.purgeTopic),
  decided(COMMANDS.createPartitions, topics.createPartitions),
  decided(COMMANDS.deletePartitions, topics.deletePartitions),
  decided(COMMANDS.deleteSegments, segments.deleteSegments),
  decided(COMMANDS.createGroup, groups.createGroup),
  decided(COMMANDS.deleteGroup, groups.deleteGroup),
  decided(COMMANDS.joinGroup, groups.joinGroup),
  decided(COMMANDS.leaveGroup, groups.leaveGroup),
  prepared(COMMANDS.createUser, users.createUser),
  decided(COMMANDS.updateUser, users.updateUser),
  decided(COMMANDS.deleteUser, users.deleteUser),
  prepared(COMMANDS.changePassword, users.changePassword),
  decided(COMMANDS.updatePermissions, users.updatePermissions),
  decided(COMMANDS.createToken, tokens.createToken),
  decided(COMMANDS.deleteToken, tokens.deleteToken),
]);
