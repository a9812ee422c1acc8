import { fail } from "../../errors/client-errors.js";
import type { IggyRun } from "./iggy-run.js";
import { factText } from "./listing.js";
import { readIdentifier, readTopicPath, requireStream, requireTopic } from "./topic-path.js";

/** `ims iggy create stream NAME` */
export async function createStream(run: IggyRun, name: string): Promise<void> {
  const { id } = await run.client.streams.create(newName(name, "stream"));
  await say(run, `created stream ${name} with id ${id}`, { created: "stream", name, id });
}

/** `ims iggy create topic STREAM/TOPIC --partitions n` */
export async function createTopic(run: IggyRun, pathText: string): Promise<void> {
  const { stream, topic } = readTopicPath(pathText);
  const { partitions: partitionCount } = run.settings;
  await requireStream(run.client, stream);
  const { id } = await run.client.topics.create(stream, { name: newName(topic, "topic"), partitionCount });
  await say(run, `created topic ${pathText} with id ${id} and ${partitionCount} partitions`, {
    created: "topic",
    name: topic,
    id,
    partitionCount,
  });
}

/** `ims iggy delete stream NAME --yes` */
export async function deleteStream(run: IggyRun, name: string, isConfirmed: boolean): Promise<void> {
  const { id, messageCount, topics } = await requireStream(run.client, readIdentifier(name, "stream"));
  requireConfirmation(
    isConfirmed,
    `stream ${name} with ${topics.length} topics and ${messageCount} messages`,
  );
  await run.client.streams.delete(id);
  await say(run, `deleted stream ${name}`, { deleted: "stream", name, id });
}

/** `ims iggy delete topic STREAM/TOPIC --yes` */
export async function deleteTopic(run: IggyRun, pathText: string, isConfirmed: boolean): Promise<void> {
  const path = readTopicPath(pathText);
  const { id, name, messageCount } = await requireTopic(run.client, path);
  requireConfirmation(isConfirmed, `topic ${pathText} with ${messageCount} messages`);
  await run.client.topics.delete(path.stream, id);
  await say(run, `deleted topic ${pathText}`, { deleted: "topic", name, id });
}

function newName(text: number | string, what: string): string {
  const name = typeof text === "string" ? readIdentifier(text, what) : text;
  if (typeof name === "string") return name;
  throw fail("client.invalid-argument", `id:${name} is a number; a new ${what} needs a name`);
}

function requireConfirmation(isConfirmed: boolean, what: string): void {
  if (!isConfirmed) {
    throw fail("client.invalid-argument", `This would delete ${what}; add --yes to do it`);
  }
}

async function say({ environment, settings }: IggyRun, text: string, facts: object): Promise<void> {
  await environment.output.write(factText(environment, settings, text, facts));
}
