import { didYouMean } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { fail } from "../../errors/client-errors.js";

type Streams = Awaited<ReturnType<IggyClient["streams"]["list"]>>;
type StreamDetails = NonNullable<Awaited<ReturnType<IggyClient["streams"]["get"]>>>;
export type TopicDetails = NonNullable<Awaited<ReturnType<IggyClient["topics"]["get"]>>>;

const ID_FORM = /^id:(\d{1,9})$/;

/** A topic and its stream, each by id or name. */
export interface TopicPath {
  readonly stream: number | string;
  readonly topic: number | string;
}

/** `orders` is a name, `id:7` a number. @throws ImsError `client.invalid-argument` */
export function readIdentifier(text: string, what: string): number | string {
  const id = ID_FORM.exec(text);
  if (id) return Number(id[1]);
  const byteCount = Buffer.byteLength(text);
  if (byteCount >= 1 && byteCount <= 255) return text;
  throw fail("client.invalid-argument", `The ${what} has ${byteCount} bytes; names have 1 to 255`);
}

/** `stream/topic`, divided at the first slash. @throws ImsError `client.invalid-argument` */
export function readTopicPath(text: string): TopicPath {
  const slash = text.indexOf("/");
  if (slash < 1 || slash === text.length - 1) {
    throw fail(
      "client.invalid-argument",
      `"${text}" names no topic; write STREAM/TOPIC, for example binancespot-market-data/trades`,
    );
  }
  return {
    stream: readIdentifier(text.slice(0, slash), "stream"),
    topic: readIdentifier(text.slice(slash + 1), "topic"),
  };
}

/** @throws ImsError (rejected) `client.not-there` with the nearest name */
export async function requireStream(client: IggyClient, stream: number | string): Promise<StreamDetails> {
  const found = await client.streams.get(stream);
  if (found !== null) return found;
  const names = (await client.streams.list()).map(({ name }) => name);
  throw notThere("stream", stream, names);
}

/** @throws ImsError (rejected) `client.not-there` with the nearest name */
export async function requireTopic(client: IggyClient, { stream, topic }: TopicPath): Promise<TopicDetails> {
  const found = await client.topics.get(stream, topic);
  if (found !== null) return found;
  const { name, topics } = await requireStream(client, stream);
  throw notThere(
    "topic",
    topic,
    topics.map((present) => present.name),
    ` in stream ${name}`,
  );
}

/** Streams by name, so that lists of them can be read. */
export function byName<Item extends Streams[number] | { readonly name: string }>(
  items: readonly Item[],
): Item[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function notThere(
  what: "stream" | "topic" | "group" | "partition",
  name: number | string,
  names: readonly string[],
  where = "",
): Error {
  const label = typeof name === "number" ? `id:${name}` : `"${name}"`;
  const suggestion = typeof name === "string" ? didYouMean(name, names) : "";
  return fail("client.not-there", `There is no ${what} ${label}${where}${suggestion}`, {
    context: { what, name },
  });
}
