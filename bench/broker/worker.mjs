import { SIZES } from "../iggy-client/plan.mjs";
import { blastPolls, blastSends, freshTopic, removeStream } from "../iggy-client/socket-blast.mjs";
import { latencyUnderLoad } from "./loaded-latency.mjs";

/** `worker.mjs URL JOB JSON`: one measurement in a process of its own, as JSON. */
const [url, job, text] = process.argv.slice(2);
const { payloadBytes, messageCount, inFlight, options, perSecond } = JSON.parse(text ?? "{}");
const size = {
  ...SIZES.find((candidate) => candidate.payloadBytes === payloadBytes),
  ...(messageCount ? { payloadBytes, messageCount } : {}),
};
const result = await {
  "fresh-topic": () => freshTopic(url, payloadBytes, options),
  "remove-stream": () => removeStream(url),
  append: () => blastSends(url, size, inFlight),
  read: () => blastPolls(url, size, inFlight),
  latency: () => latencyUnderLoad(url, perSecond),
}[job]();
process.stdout.write(JSON.stringify(result ?? null));
