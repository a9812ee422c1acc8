import {
  type AnyCommand,
  COMMANDS,
  type CommandCodec,
  type Consumer,
  encodeBatch,
  encodeRequestFrame,
  Operation,
  type Partitioning,
  type PollingStrategy,
} from "@ims/iggy-protocol";
import type { SeededRandom } from "../random/seeded-random.js";
import { numberedPayload } from "./outcomes.js";

/** A request of any command that the model knows, ready to be framed. */
export interface DrawnRequest {
  readonly command: AnyCommand;
  readonly body: Uint8Array;
}

/** Draws requests about few enough things that they often meet, and often miss. */
export class RandomRequests {
  private sent = 0;

  constructor(private readonly random: SeededRandom) {}

  draw(): DrawnRequest {
    const { random } = this;
    const command = random.pick(DRAWN);
    const codec = command.codec as CommandCodec<unknown, unknown>;
    return { command, body: codec.encodeRequest(this.fields()) };
  }

  /** Fields of all commands together: each takes what it knows. */
  private fields(): object {
    const { random } = this;
    const messageCount = random.between(1, 4);
    return {
      stream: random.pick(["a", "a", "a", "b", 0, 1]),
      topic: random.pick(["x", "x", "x", "y", 0, 7]),
      group: random.pick(["g", "g", "h", 0]),
      name: random.pick(["a", "b", "x", "y", "g", "h"]),
      options: [],
      partitionCount: random.pick([0, 1, 3, 3, 1001]),
      count: random.pick([0, 1, 2, 10, 1001]),
      partitionId: random.pick([0, 0, 1, 2, 3, null]),
      consumer: random.pick<Consumer>([
        { kind: "consumer", id: 1 },
        { kind: "consumer", id: "named" },
        { kind: "group", id: "g" },
        { kind: "group", id: "h" },
      ]),
      strategy: this.strategy(),
      autoCommit: random.chance(0.3),
      offset: BigInt(random.between(0, 6)),
      ack: "quorum",
      partitioning: this.partitioning(),
      messageCount,
      batch: this.batch(messageCount),
    };
  }

  private strategy(): PollingStrategy {
    const { random } = this;
    return random.pick<PollingStrategy>([
      { kind: "offset", value: BigInt(random.between(0, 8)) },
      { kind: "first" },
      { kind: "last" },
      { kind: "next" },
    ]);
  }

  private partitioning(): Partitioning {
    const { random } = this;
    return random.pick<Partitioning>([
      { kind: "balanced" },
      { kind: "partition", partitionId: random.between(0, 3) },
      { kind: "key", key: random.bytes(3) },
    ]);
  }

  private batch(messageCount: number): Uint8Array {
    const messages = Array.from({ length: messageCount }, () => ({
      id: BigInt(++this.sent),
      payload: numberedPayload(this.sent, 12),
      originMicros: 1_700_000_000_000_000,
    }));
    return encodeBatch(messages);
  }
}

const DRAWN: readonly AnyCommand[] = [
  COMMANDS.createStream,
  COMMANDS.createStream,
  COMMANDS.createTopic,
  COMMANDS.createTopic,
  COMMANDS.createGroup,
  COMMANDS.sendMessages,
  COMMANDS.sendMessages,
  COMMANDS.sendMessages,
  COMMANDS.pollMessages,
  COMMANDS.pollMessages,
  COMMANDS.pollMessages,
  COMMANDS.storeOffset,
  COMMANDS.getOffset,
  COMMANDS.deleteOffset,
  COMMANDS.getStream,
  COMMANDS.getStreams,
  COMMANDS.getTopic,
  COMMANDS.getTopics,
  COMMANDS.updateStream,
  COMMANDS.createPartitions,
  COMMANDS.deletePartitions,
  COMMANDS.purgeTopic,
  COMMANDS.purgeStream,
  COMMANDS.deleteTopic,
  COMMANDS.deleteStream,
  COMMANDS.getGroup,
  COMMANDS.getGroups,
  COMMANDS.joinGroup,
  COMMANDS.joinGroup,
  COMMANDS.leaveGroup,
  COMMANDS.syncGroup,
  COMMANDS.syncGroup,
  COMMANDS.deleteGroup,
];

/** The frame of a drawn request. */
export function frameOf(
  { command, body }: DrawnRequest,
  fields: { readonly client: bigint; readonly session: bigint; readonly request: number },
): Uint8Array {
  const code = command.operation === Operation.NonReplicated ? command.code : 0;
  return encodeRequestFrame({ ...fields, operation: command.operation, code }, body);
}
