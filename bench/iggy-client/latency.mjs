import { IggyClient } from "@ims/iggy-client";
import { LATENCY, percentiles, STREAM, topicName } from "./plan.mjs";

/**
 * Single sends on a fixed timetable: one message, one request, one confirmation each. The wait counts from the moment a
 * message was due, so what a slow reply delays is part of it.
 */
export async function singleSends(url) {
  const { payloadBytes, perSecond, seconds, warmUpSeconds } = LATENCY;
  const client = await IggyClient.connect(url, { queueMax: 100_000 });
  const total = perSecond * (seconds + warmUpSeconds);
  const skipped = perSecond * warmUpSeconds;
  const micros = new Float64Array(total - skipped);
  const gapMicros = 1e6 / perSecond;
  const payload = new Uint8Array(payloadBytes).fill(0x61);
  const target = { stream: STREAM, topic: topicName(payloadBytes) };
  const partitioning = { kind: "partition", partitionId: 0 };
  const began = performance.now() * 1000;
  let cpuBefore = process.cpuUsage();
  let due = 0;
  let answered = 0;
  await new Promise((resolve, reject) => {
    const one = async (number) => {
      await client.sendMessages({ ...target, partitioning, messages: [{ payload }] });
      if (number >= skipped) micros[number - skipped] = performance.now() * 1000 - began - number * gapMicros;
      if (++answered === total) resolve();
    };
    const turn = () => {
      const now = performance.now() * 1000 - began;
      for (; due < total && due * gapMicros <= now; due++) {
        if (due === skipped) cpuBefore = process.cpuUsage();
        one(due).catch(reject);
      }
      if (due < total) setImmediate(turn);
    };
    turn();
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  await client.close();
  return { ...percentiles(micros), cpuNanosPerMessage: ((user + system) * 1000) / micros.length };
}
