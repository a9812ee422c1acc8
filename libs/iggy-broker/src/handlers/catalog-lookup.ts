import type { Identifier } from "@ims/iggy-protocol";
import { IggyErrorCode } from "@ims/iggy-protocol";
import type { StreamEntry, TopicEntry } from "../catalog/catalog.js";
import type { GroupLocation } from "../groups/group-coordinator.js";
import type { BrokerContext } from "./broker-context.js";
import { type Refusal, resultRefusal } from "./refusal.js";

export interface TopicLocation {
  readonly stream: StreamEntry;
  readonly topic: TopicEntry;
}

/** Makes the refusal for an error number: `statusRefusal` or `resultRefusal`. */
type RefusalOf = (code: number) => Refusal;

/** @throws Refusal 1009 */
export function existingStream(
  context: BrokerContext,
  stream: Identifier,
  refusal: RefusalOf = resultRefusal,
): StreamEntry {
  const entry = context.catalog.streams.find(stream);
  if (entry === undefined) throw refusal(IggyErrorCode.StreamIdNotFound);
  return entry;
}

/** @throws Refusal 1009 or 2010 */
export function existingTopic(
  context: BrokerContext,
  target: { readonly stream: Identifier; readonly topic: Identifier },
  refusal: RefusalOf = resultRefusal,
): TopicLocation {
  const stream = existingStream(context, target.stream, refusal);
  const topic = stream.topics.find(target.topic);
  if (topic === undefined) throw refusal(IggyErrorCode.TopicIdNotFound);
  return { stream, topic };
}

/** @throws Refusal 1009, 2010 or 5000 */
export function existingGroup(
  context: BrokerContext,
  target: { readonly stream: Identifier; readonly topic: Identifier; readonly group: Identifier },
): GroupLocation {
  const { stream, topic } = existingTopic(context, target);
  const group = topic.groups.find(target.group);
  if (group === undefined) throw resultRefusal(IggyErrorCode.ConsumerGroupIdNotFound);
  return { stream, topic, group };
}
