import { systemClock } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import { afterEach, beforeEach, expect, it } from "vitest";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { until } from "../spec-support/until.js";
import { perRecord } from "./per-record.js";
import { SourceRunner } from "./source-runner.js";

/** As many outputs of this size as one record may make are more than one batch of 256 KiB. */
const OUTPUT_BYTES = 224;
const MOST = 1024;

/** Makes as many outputs of a record as it says. */
const counting: Processor = {
  name: "counting",
  stateVersion: 1,
  createTask: () => ({
    process: perRecord((records, output) => {
      const count = records.view.getUint32(records.payloadStart, true);
      for (let index = 0; index < count; index++) {
        const at = output.reserve(OUTPUT_BYTES);
        output.bytes.fill(index, at, at + OUTPUT_BYTES);
        output.commit(OUTPUT_BYTES);
      }
    }),
    snapshot: () => new Uint8Array(1),
  }),
};

const folder = temporaryFolder();
let broker: Broker;
let client: IggyClient;

beforeEach(async () => {
  broker = await startBroker({ port: 0, dataDir: folder.path });
  client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
  await client.streams.ensure("counts");
  await client.topics.ensure("counts", { name: "wanted", partitionCount: 1 });
});
afterEach(async () => {
  await client.close();
  await broker.close();
  folder.remove();
});

it("is there for all that a record makes, however full the batches before it are", async () => {
  const counts = Array.from({ length: 60 }, (_, round) => [
    // What fills the batches to another level each time, and then the most.
    ...Array.from({ length: 6 }, () => 800 + round * 4),
    MOST,
    MOST,
  ]).flat();
  await client.sendMessages({
    stream: "counts",
    topic: "wanted",
    partitioning: { kind: "partition", partitionId: 0 },
    messages: counts.map((count) => ({ payload: new Uint8Array(new Uint32Array([count]).buffer) })),
  });
  const log = recordingLogger();
  const failures: Error[] = [];
  const runner = new SourceRunner(
    {
      client,
      processor: counting,
      clock: systemClock,
      logger: log.logger,
      onFailed: (error) => failures.push(error),
    },
    { stream: "counts", topic: "wanted" },
    { checkpointMillis: 20, retryMillis: 5 },
  );
  await runner.start();
  const total = counts.reduce((sum, count) => sum + count, 0);
  await until(
    async () =>
      failures.length > 0 || (await client.topics.get("counting", "counts-wanted"))?.messageCount === total,
  );
  await runner.stop();
  expect(failures).toEqual([]);
  expect(log.lines.filter(({ msg }) => /failed/.test(String(msg)))).toEqual([]);
}, 60_000);
