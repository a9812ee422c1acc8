import { COMMANDS, type CommandCodec, IggyErrorCode } from "@ims/iggy-protocol";
import type { BrokerContext } from "./broker-context.js";
import type { Decision } from "./decision.js";
import { decodeOr } from "./decode-or.js";
import * as streams from "./stream-commands.js";
import * as topics from "./topic-commands.js";

/** Looks at the catalog and decides, or throws a Refusal. Runs alone; changes nothing itself. */
export type Decide<Request> = (context: BrokerContext, request: Request) => Decision;

/** A metadata command from body to decision. */
export type MetadataCommand = (context: BrokerContext, body: Uint8Array) => () => Decision;

/** Undecodable bodies are refused with status 3, also where the reference server falls over (wire.md section 8). */
function command<Request, Reply>(
  codec: CommandCodec<Request, Reply>,
  decide: Decide<Request>,
): MetadataCommand {
  return (context, body) => {
    const request = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
    return () => decide(context, request);
  };
}

/** Metadata commands by operation of the request. */
export const METADATA_COMMANDS: ReadonlyMap<number, MetadataCommand> = new Map([
  [COMMANDS.createStream.operation, command(COMMANDS.createStream.codec, streams.createStream)],
  [COMMANDS.updateStream.operation, command(COMMANDS.updateStream.codec, streams.updateStream)],
  [COMMANDS.deleteStream.operation, command(COMMANDS.deleteStream.codec, streams.deleteStream)],
  [COMMANDS.purgeStream.operation, command(COMMANDS.purgeStream.codec, streams.purgeStream)],
  [COMMANDS.createTopic.operation, command(COMMANDS.createTopic.codec, topics.createTopic)],
  [COMMANDS.updateTopic.operation, command(COMMANDS.updateTopic.codec, topics.updateTopic)],
  [COMMANDS.deleteTopic.operation, command(COMMANDS.deleteTopic.codec, topics.deleteTopic)],
  [COMMANDS.purgeTopic.operation, command(COMMANDS.purgeTopic.codec, topics.purgeTopic)],
  [COMMANDS.createPartitions.operation, command(COMMANDS.createPartitions.codec, topics.createPartitions)],
  [COMMANDS.deletePartitions.operation, command(COMMANDS.deletePartitions.codec, topics.deletePartitions)],
]);
