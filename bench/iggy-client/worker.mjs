import { consumeWith, pollAndIterate } from "./consume.mjs";
import { singleSends } from "./latency.mjs";
import { SIZES } from "./plan.mjs";
import { encodeBatches, produceInPlace, produceObjects } from "./produce.mjs";
import { blastPolls, blastSends, freshTopic, removeStream } from "./socket-blast.mjs";

/** `worker.mjs URL JOB PAYLOAD_BYTES WINDOW`: one measurement in a process of its own, as JSON. */
const [url, job, payloadBytes, window] = process.argv.slice(2);
const size = SIZES.find((candidate) => candidate.payloadBytes === Number(payloadBytes));
const inFlight = Number(window);
const result = await {
  "fresh-topic": () => freshTopic(url, Number(payloadBytes)),
  "remove-stream": () => removeStream(url),
  encode: () => encodeBatches(size),
  produce: () => produceInPlace(url, size, inFlight),
  "blast-sends": () => blastSends(url, size, inFlight),
  consume: () => pollAndIterate(url, size, inFlight),
  "produce-objects": () => produceObjects(url, size, inFlight),
  "consume-batches": () => consumeWith(url, size, inFlight, false),
  "consume-messages": () => consumeWith(url, size, inFlight, true),
  "blast-polls": () => blastPolls(url, size, inFlight),
  latency: () => singleSends(url),
}[job]();
process.stdout.write(JSON.stringify(result ?? null));
