import { IggyClient } from "@ims/iggy-client";
import { percentiles, STREAM, topicName } from "../iggy-client/plan.mjs";

const PAYLOAD_BYTES = 120;
const SECONDS = 8;
const WARM_UP_SECONDS = 2;
const TICK_MILLIS = 1;

/**
 * One connection sends `perSecond` messages in what gathers within a millisecond; another sends single messages, each
 * after the reply to the one before. Both wait for a place on the disk's path like any client.
 */
export async function latencyUnderLoad(url, perSecond) {
  const target = { stream: STREAM, topic: topicName(PAYLOAD_BYTES) };
  const [loading, probing] = await Promise.all([IggyClient.connect(url), IggyClient.connect(url)]);
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(0x61);
  const began = performance.now();
  const end = began + (SECONDS + WARM_UP_SECONDS) * 1000;
  const isMeasured = () => performance.now() - began > WARM_UP_SECONDS * 1000;
  const batches = [];
  const singles = [];
  const load = async () => {
    const sending = new Set();
    let sent = 0;
    while (performance.now() < end) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      if (due > sent) {
        const messages = Array.from({ length: due - sent }, () => ({ payload }));
        sent = due;
        const from = performance.now();
        const one = loading
          .sendMessages({ ...target, partitioning: { kind: "partition", partitionId: 0 }, messages })
          .then(() => {
            if (isMeasured()) batches.push((performance.now() - from) * 1000);
            sending.delete(one);
          });
        sending.add(one);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MILLIS));
    }
    await Promise.all(sending);
    return sent;
  };
  const probe = async () => {
    while (performance.now() < end) {
      const from = performance.now();
      await probing.sendMessages({
        ...target,
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload }],
      });
      if (isMeasured()) singles.push((performance.now() - from) * 1000);
    }
  };
  const [sent] = await Promise.all([load(), probe()]);
  await Promise.all([loading.close(), probing.close()]);
  return {
    perSecond: sent / (SECONDS + WARM_UP_SECONDS),
    batches: percentiles(batches),
    singles: percentiles(singles),
    singleCount: singles.length,
  };
}
