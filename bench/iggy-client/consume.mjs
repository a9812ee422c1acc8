import { IggyClient } from "@ims/iggy-client";
import { BATCH_COUNT, STREAM, timed, topicName } from "./plan.mjs";

/** Polls from offset 0, several requests in flight, and steps over every message with its checksum verified. */
export async function pollAndIterate(url, { payloadBytes, messageCount }, window) {
  const client = await IggyClient.connect(url);
  const poll = (offset) =>
    client.poll({
      stream: STREAM,
      topic: topicName(payloadBytes),
      partitionId: 0,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "offset", value: offset },
      count: BATCH_COUNT,
    });
  try {
    await poll(0);
    let seen = 0;
    let bytes = 0;
    const result = await timed(messageCount, async () => {
      const waiting = [];
      let next = 0;
      while (seen < messageCount) {
        while (waiting.length < window && next < messageCount) {
          waiting.push(poll(next));
          next += BATCH_COUNT;
        }
        const batches = await waiting.shift();
        while (batches.next()) {
          if (batches.offset !== seen) throw new Error(`offset ${batches.offset} where ${seen} was due`);
          seen++;
          bytes += batches.payloadLength;
        }
        batches.release();
      }
    });
    if (bytes !== messageCount * payloadBytes) throw new Error(`${bytes} payload bytes`);
    return result;
  } finally {
    await client.close();
  }
}

/** The consumer of the library: fetched ahead, checksums verified, one message object for each or cursors of batches. */
export async function consumeWith(url, { payloadBytes, messageCount }, window, isByMessage) {
  const client = await IggyClient.connect(url);
  const consumer = client.createConsumer({
    stream: STREAM,
    topic: topicName(payloadBytes),
    partitionId: 0,
    consumer: 1,
    start: { kind: "first" },
    batchCount: BATCH_COUNT,
    prefetchBatches: window,
    commit: { kind: "manual" },
  });
  try {
    let seen = 0;
    let bytes = 0;
    return await timed(messageCount, async () => {
      if (isByMessage) {
        for await (const message of consumer) {
          bytes += message.payload.length;
          if (++seen === messageCount) break;
        }
      } else {
        for await (const batch of consumer.batches()) {
          while (batch.next()) {
            seen++;
            bytes += batch.payloadLength;
          }
          batch.release();
          if (seen >= messageCount) break;
        }
      }
      if (bytes < messageCount * payloadBytes) throw new Error(`${bytes} payload bytes`);
    });
  } finally {
    await client.close();
  }
}
