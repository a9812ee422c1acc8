import { describe, expect, it } from "vitest";
import { nextOffsetOf, PartitionOffsets } from "./partition-offsets.js";
import type { TopicDetails } from "./topic-details.js";

function partition(
  id: number,
  currentOffset: number,
  messageCount: number,
): TopicDetails["partitions"][number] {
  return { id, currentOffset, messageCount, createdAtMicros: 0, segmentCount: 1, sizeBytes: 0 };
}

function details(...partitions: TopicDetails["partitions"][number][]): TopicDetails {
  return { partitions } as unknown as TopicDetails;
}

describe("nextOffsetOf", () => {
  it.each([
    ["empty", 0, 0, 0],
    ["one message", 0, 1, 1],
    ["many", 41, 42, 42],
    ["emptied by retention", 41, 0, 42],
  ])("%s", (_, currentOffset, messageCount, next) => {
    expect(nextOffsetOf(partition(0, currentOffset, messageCount))).toBe(next);
  });
});

describe("PartitionOffsets", () => {
  it("follows confirmations in any order and starts over with the broker", () => {
    const offsets = new PartitionOffsets();
    expect(offsets.next("trades", 0)).toBe(0);
    offsets.reset("trades", details(partition(0, 9, 10), partition(1, 0, 0)));
    offsets.confirmed("trades", 0, 12, 3);
    offsets.confirmed("trades", 0, 10, 2);
    offsets.confirmed("trades", 1, -1, 5);
    expect([offsets.next("trades", 0), offsets.next("trades", 1), offsets.next("bars", 0)]).toEqual([
      15, 0, 0,
    ]);
    offsets.reset("trades", details(partition(0, 0, 0)));
    expect(offsets.next("trades", 0)).toBe(0);
  });
});
