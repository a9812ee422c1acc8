import type { PartitionSource } from "./assignment.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { GroupMembership } from "./group-membership.js";

/** Where a consumer's partitions come from, by its options. */
export function partitionSource(
  { partitionId }: ConsumerSettings,
  requests: ConsumerRequests,
  membership: GroupMembership | undefined,
): PartitionSource {
  if (membership) return { kind: "group", list: () => membership.refresh() };
  if (partitionId !== undefined) {
    const partitionIds = [partitionId];
    return { kind: "fixed", list: () => Promise.resolve({ partitionIds, joined: false }) };
  }
  return {
    kind: "topic",
    list: async () => {
      const { partitions } = await requests.getTopic();
      return { partitionIds: partitions.map(({ id }) => id), joined: false };
    },
  };
}
