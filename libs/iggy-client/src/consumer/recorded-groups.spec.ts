import { join } from "node:path";
import { RESYNC_PARTITION_ID } from "@ims/iggy-protocol";
import { describe, expect, inject, it } from "vitest";
import { consumerFixture, settled } from "../spec-support/consumer-fixture.js";
import { RecordedReplies } from "../spec-support/recorded-replies.js";
import { type PeerRequest, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";

const sharedDir = inject("sharedDir");
const transcripts = join(sharedDir, "iggy/transcripts");

const { bench } = consumerFixture();
const isGroup = ({ name }: PeerRequest) => name.startsWith("group.");

/** A member whose group commands are answered by a recording, and which has nothing to read. */
async function memberOf(id: string, options: Record<string, unknown> = {}) {
  const recorded = RecordedReplies.load(transcripts, id);
  const used = await bench(new TopicModel(3), { group: "g", ...options }, (request) => {
    if (request.name !== "message.poll") return isGroup(request) && recorded.answer(request);
    const { partitionId } = request.decode() as { partitionId: number };
    request.reply({ partitionId, currentOffset: 0, messageCount: 0, batches: new Uint8Array(0) });
    return true;
  });
  const { consumer, clock } = used;
  consumer.start();
  const assigned = () => consumer.partitions().map(({ partitionId }) => partitionId);
  /** Lets the member look up its assignment until it has been given this many recorded ones. */
  const afterSync = async (count: number) => {
    while (recorded.givenTo("group.sync") < count) await clock.advance(1000).then(() => settled());
    await settled();
    return assigned().sort();
  };
  return { ...used, recorded, afterSync };
}

describe.skipIf(!sharedDir)("recorded answers of a server", () => {
  it("to two members that join and leave", async () => {
    const { afterSync, events, recorded, consumer } = await memberOf("group-join-two-members");
    expect(await afterSync(1)).toEqual([]);
    expect(await afterSync(2)).toEqual([0, 1, 2]);
    expect(recorded.givenTo("group.join")).toBe(2);
    expect(await afterSync(3)).toEqual([0, 1]);
    expect(await afterSync(4)).toEqual([0, 1]);
    expect(await afterSync(5)).toEqual([0, 1, 2]);
    expect(events.revoked).toEqual([{ partitionId: 2, complete: true }]);
    await consumer.close();
  });

  it("to added and removed partitions", async () => {
    const { afterSync } = await memberOf("group-partitions-added");
    expect(await afterSync(1)).toEqual([0]);
    expect(await afterSync(2)).toEqual([0, 1, 2]);
    expect(await afterSync(3)).toEqual([0, 1]);
  });

  it("to a member whose group was deleted", async () => {
    const recorded = RecordedReplies.load(transcripts, "group-delete-with-members");
    const topic = new TopicModel(1);
    topic.groupExists = true;
    let isDeleted = false;
    const { consumer, clock } = await bench(topic, { group: "g", createGroup: false }, (request) => {
      if (!isDeleted) return false;
      return (isGroup(request) || request.name === "message.poll") && recorded.answer(request);
    });
    const next = consumer[Symbol.asyncIterator]().next();
    next.catch(() => {});
    await until(() => consumer.counters.emptyPolls > 0);
    isDeleted = true;
    // The recording begins with the successful join.
    while (recorded.givenTo("group.join") < 2) await clock.advance(1000).then(() => settled());
    await expect(next).rejects.toMatchObject({
      code: "iggy-client.consumer-target-missing",
      context: { code: 5000 },
    });
  });

  it("to the official client's polls: batches with the server's own checksums", async () => {
    const groups = RecordedReplies.load(transcripts, "node-group");
    const { consumer } = await bench(new TopicModel(3), { group: "g", batchCount: 10 }, (request) =>
      isGroup(request) || request.name === "message.poll" ? groups.answer(request) : false,
    );
    const taken: string[] = [];
    // The recording answers for partition 0, 1, 2 in this order; the readers begin in the same.
    for await (const { payload, partitionId, offset } of consumer) {
      taken.push(`${partitionId}:${offset} ${Buffer.from(payload).toString().length > 0}`);
      if (taken.length === 6) break;
    }
    expect(taken).toEqual(["0:0 true", "0:1 true", "1:0 true", "1:1 true", "2:0 true", "2:1 true"]);
  });

  it("to a partition that waits for its commit: it is let go with the commit of what was polled", async () => {
    const recorded = RecordedReplies.load(transcripts, "group-revocation-waits-for-commit");
    const fenced: number[] = [];
    const { consumer, clock, events } = await bench(
      new TopicModel(2),
      { group: "g", batchCount: 2, prefetchBatches: 0, commit: { kind: "manual" } },
      (request) => {
        switch (request.name) {
          case "group.sync":
            // The recording has no look-up from before the second member came.
            if (recorded.givenTo("message.poll") > 0) return recorded.answer(request);
            request.reply({ generation: 1, partitionIds: [0, 1] });
            return true;
          case "message.poll": {
            const { partitionId } = request.decode() as { partitionId: number };
            if (partitionId === 1) {
              if (recorded.givenTo("message.poll") > 0) fenced.push(RESYNC_PARTITION_ID);
              return recorded.answer(request);
            }
            request.reply({ partitionId, currentOffset: 0, messageCount: 0, batches: new Uint8Array(0) });
            return true;
          }
          case "group.join":
          case "offset.store":
            return recorded.answer(request);
          default:
            return false;
        }
      },
    );
    const iterator = consumer[Symbol.asyncIterator]();
    const first = await iterator.next();
    const second = await iterator.next();
    expect([first.value.partitionId, first.value.offset, second.value.offset]).toEqual([1, 0, 1]);
    while (recorded.givenTo("group.sync") === 0) await clock.advance(1000).then(() => settled());
    await settled();
    expect(consumer.partitions()).toMatchObject([
      { partitionId: 0, revoked: false },
      { partitionId: 1, revoked: true },
    ]);
    await consumer.commit(second.value);
    expect(events.revoked).toEqual([{ partitionId: 1, complete: true }]);
    expect(fenced).toEqual([]);
    await iterator.return!();
  });

  it("to a commit by somebody who is no member", async () => {
    const recorded = RecordedReplies.load(transcripts, "group-poll", "b");
    const topic = new TopicModel(1);
    topic.partition.append(4);
    const { consumer, events } = await bench(
      topic,
      { group: "g", commit: { kind: "manual" } },
      (request) => request.name === "offset.store" && recorded.answer(request),
    );
    const { value } = await consumer[Symbol.asyncIterator]().next();
    await expect(consumer.commit(value)).rejects.toMatchObject({ code: "iggy-client.partition-lost" });
    expect(events.commitFailed).toMatchObject([{ partitionId: 0, offset: 0 }]);
  });
});
