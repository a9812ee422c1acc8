import { type DeleteSegmentsRequest, IggyErrorCode } from "@ims/iggy-protocol";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { existingTopic } from "./catalog-lookup.js";
import type { Decision } from "./decision.js";
import { requireRightInLog } from "./permission.js";
import { resultRefusal } from "./refusal.js";

/** The oldest sealed segments go behind the reply; none does that a stored offset still stands before. */
export function deleteSegments(
  context: BrokerContext,
  request: DeleteSegmentsRequest,
  caller: Caller,
): Decision {
  const { stream, topic } = existingTopic(context, request);
  const entry = topic.partitions[request.partitionId];
  if (entry === undefined) throw resultRefusal(IggyErrorCode.PartitionNotFound);
  requireRightInLog(caller.user, "manageTopic", stream.id, topic.id);
  return { applied: () => context.partitions.deleteSegments(topic, entry, request.segmentCount) };
}
