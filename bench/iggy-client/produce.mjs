import { IggyClient } from "@ims/iggy-client";
import { BatchArena } from "@ims/iggy-protocol";
import { BATCH_COUNT, STREAM, timed, topicName } from "./plan.mjs";

/** Room of one batch: request and batch header, route, and 48 bytes in front of every payload. */
const slotBytesFor = (payloadBytes) => (BATCH_COUNT * (payloadBytes + 48) + 1024 + 7) & ~7;

/**
 * The zero-copy path: every payload is written into the outgoing batch, every message has an id of its own and a
 * checksum, and the clock stops when the last batch is confirmed.
 */
export async function produceInPlace(url, { payloadBytes, messageCount }, inFlightMax) {
  const client = await IggyClient.connect(url);
  const slotCount = inFlightMax + 2;
  const arena = BatchArena.create({ slotCount, slotBytes: slotBytesFor(payloadBytes) });
  let confirmed = 0;
  const producer = client.createProducer({
    stream: STREAM,
    topic: topicName(payloadBytes),
    partitionId: 0,
    arena,
    inFlightMax,
    batchCountMax: BATCH_COUNT,
    lingerMillis: 1000,
    onConfirmed: (_offset, count) => {
      confirmed += count;
    },
  });
  const payload = new Uint8Array(payloadBytes).fill(0x61);
  const { bytes } = arena;
  const id = crypto.getRandomValues(new Uint32Array(4));
  const originMicros = Date.now() * 1000;
  const send = async (count) => {
    for (let index = 0; index < count; index++) {
      let at = producer.reserve(payloadBytes);
      while (at < 0) {
        await producer.whenAccepting();
        at = producer.reserve(payloadBytes);
      }
      bytes.set(payload, at);
      id[0]++;
      producer.commit(payloadBytes, id, originMicros);
    }
    await producer.flush();
  };
  try {
    await send(100 * BATCH_COUNT);
    confirmed = 0;
    const result = await timed(messageCount, () => send(messageCount));
    if (confirmed !== messageCount) throw new Error(`${confirmed} of ${messageCount} messages confirmed`);
    return result;
  } finally {
    await client.close();
  }
}

/** Only the encoding of one batch: ids, headers, payload copied in, checksums. Microseconds, median of many. */
export function encodeBatches({ payloadBytes }) {
  const arena = BatchArena.create({ slotCount: 1, slotBytes: slotBytesFor(payloadBytes) });
  const payload = new Uint8Array(payloadBytes).fill(0x61);
  const id = crypto.getRandomValues(new Uint32Array(4));
  const originMicros = Date.now() * 1000;
  const route = new Uint8Array(32);
  const micros = [];
  for (let round = 0; round < 3000; round++) {
    const began = process.hrtime.bigint();
    const slot = arena.acquire();
    slot.begin(route);
    for (let index = 0; index < BATCH_COUNT; index++) {
      arena.bytes.set(payload, slot.reserve(payloadBytes));
      id[0]++;
      slot.commit(payloadBytes, id, originMicros);
    }
    slot.seal();
    slot.release();
    micros.push(Number(process.hrtime.bigint() - began) / 1000);
  }
  return { microsPerBatch: micros.slice(500).sort((a, b) => a - b)[1250] };
}

/** The convenient path: arrays of 1,000 message objects, a promise for each. */
export async function produceObjects(url, { payloadBytes, messageCount }, inFlightMax) {
  const client = await IggyClient.connect(url);
  const producer = await client.createTopicProducer({
    stream: STREAM,
    topic: topicName(payloadBytes),
    partitioning: { kind: "partition", partitionId: 0 },
    batchCountMax: BATCH_COUNT,
    batchBytesMax: slotBytesFor(payloadBytes),
    inFlightMax,
  });
  const payload = new Uint8Array(payloadBytes).fill(0x61);
  const messages = Array.from({ length: BATCH_COUNT }, () => ({ payload }));
  const send = async (count) => {
    const waiting = [];
    for (let sent = 0; sent < count; sent += BATCH_COUNT) {
      waiting.push(producer.send(messages));
      if (waiting.length > inFlightMax) await waiting.shift();
    }
    await Promise.all(waiting);
  };
  try {
    await send(50 * BATCH_COUNT);
    return await timed(messageCount, () => send(messageCount));
  } finally {
    await client.close();
  }
}
