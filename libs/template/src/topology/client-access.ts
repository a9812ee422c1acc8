import { describeError, marketDataTopicOf, type StreamNames } from "@ims/common";
import type { IggyClient, Users } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { SINGLE_PARTITION_TOPICS } from "../publishing/channels.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { CLIENT, NAMES } from "../service/tokens.js";
import type { ClientEntry } from "../settings/client-entries.js";

type Permissions = NonNullable<Parameters<Users["setPermissions"]>[1]>;
type StreamGrant = Permissions["streams"][number];
type TopicGrant = StreamGrant["topics"][number];

/** Another service may change the same user at the same moment and undo this change: it is looked at again. */
const ATTEMPTS_MAX = 5;
const NO_STREAM_RIGHT = {
  manageStream: false,
  readStream: false,
  manageTopics: false,
  readTopics: false,
  pollMessages: false,
  sendMessages: false,
} as const;
const NO_TOPIC_RIGHT = {
  manageTopic: false,
  readTopic: false,
  pollMessages: false,
  sendMessages: false,
} as const;
const NO_GLOBAL_RIGHT = {
  manageServers: false,
  readServers: false,
  manageUsers: false,
  readUsers: false,
  manageStreams: false,
  readStreams: false,
  manageTopics: false,
  readTopics: false,
  pollMessages: false,
  sendMessages: false,
} as const;

/**
 * The rights of clients that have a user of their own at the broker, in the streams of this service: to send requests,
 * to read the market data that they may read, and to read their own stream. What the user may do in other streams stays
 * as it is. Nobody but the service reads the control topic: requests carry tokens and session ids.
 */
@scoped(Lifecycle.ContainerScoped)
export class ClientAccess {
  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "users" | "topics" | "streams">,
    @inject(NAMES) private readonly names: StreamNames,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {}

  /** Gives the client's user these rights and no others in this service's streams, which exist. Never rejects. */
  async grant(entry: ClientEntry, offered: readonly number[]): Promise<void> {
    const { brokerUser: user } = entry;
    if (user === undefined) return;
    try {
      const grants = await this.#grants(entry, offered);
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        const details = await this.client.users.get(user);
        if (!details)
          throw new Error(`the broker has no user ${user}; make it there and start the service again`);
        const held = details.permissions;
        if (held && Object.values(held.global).some(Boolean)) {
          this.log.warn(`open-user-${user}`, "a client's broker user has rights in every stream", () => ({
            clientId: entry.clientId,
            user,
          }));
        }
        const wanted = merged(held, grants);
        if (held && JSON.stringify(sorted(held)) === JSON.stringify(sorted(wanted))) return;
        await this.client.users.setPermissions(user, wanted);
      }
      throw new Error("somebody else keeps changing the rights of the user");
    } catch (error) {
      this.log.error(`client-access-${user}`, "a client's rights at the broker could not be set", () => ({
        clientId: entry.clientId,
        user,
        error: describeError(error),
      }));
    }
  }

  async #grants(entry: ClientEntry, offered: readonly number[]): Promise<StreamGrant[]> {
    const { controlStream, controlTopic, marketDataStream, dataTopic } = this.names;
    const allowed = offered.filter((dataType) => entry.dataTypes?.has(dataType) ?? true);
    const readable = [...allowed.map((dataType) => marketDataTopicOf(dataType)!), ...SINGLE_PARTITION_TOPICS];
    const read: Partial<TopicGrant> = { readTopic: true, pollMessages: true };
    return [
      await this.#streamGrant(controlStream, [controlTopic], { sendMessages: true }),
      await this.#streamGrant(marketDataStream, readable, read),
      await this.#streamGrant(this.names.clientStream(entry.clientId), [dataTopic], read),
    ];
  }

  async #streamGrant(
    stream: string,
    topics: readonly string[],
    rights: Partial<TopicGrant>,
  ): Promise<StreamGrant> {
    const details = await this.client.streams.get(stream);
    if (!details) throw new Error(`the stream ${stream} is gone`);
    const grants: TopicGrant[] = [];
    for (const topic of topics) {
      const found = await this.client.topics.get(stream, topic);
      if (found) grants.push({ topicId: found.id, ...NO_TOPIC_RIGHT, ...rights });
    }
    return { streamId: details.id, ...NO_STREAM_RIGHT, topics: grants };
  }
}

function merged(held: Permissions | null, grants: readonly StreamGrant[]): Permissions {
  const own = new Set(grants.map(({ streamId }) => streamId));
  const others = held?.streams.filter(({ streamId }) => !own.has(streamId)) ?? [];
  return { global: held?.global ?? NO_GLOBAL_RIGHT, streams: [...others, ...grants] };
}

/** The broker may give entries back in another order. */
function sorted({ global, streams }: Permissions): unknown {
  const byKey = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    byKey(global),
    [...streams]
      .sort((a, b) => a.streamId - b.streamId)
      .map(({ topics, ...stream }) => [
        byKey(stream),
        [...topics].sort((a, b) => a.topicId - b.topicId).map(byKey),
      ]),
  ];
}
