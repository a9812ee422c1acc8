import { FRAME_BYTES_MAX } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { faultsOf } from "../peer/fault.js";
import { ClientRig } from "../rig/client-rig.js";
import { appendNumbered } from "../spec-support/delivery-log.js";

describe("closing a consumer that lets polls commit", () => {
  it("takes back what polls commit that wait for their turn when it is closed", async () => {
    const rig = new ClientRig(1);
    const { partitions } = rig.model.catalog.addStream("s").addTopic("t", 2, []);
    for (const partition of partitions) appendNumbered(partition, 10, rig.clock.nowMicros());
    const client = await rig.run(rig.connect(), "connecting");
    // A reply above the limit ends the connection: polls go alone from then on, the second waits for the first.
    const tooLarge = { kind: "wrong-size", size: FRAME_BYTES_MAX + 1 } as const;
    const slow = { kind: "delay", millis: 300 } as const;
    rig.peer.plan = faultsOf("message.poll", tooLarge, undefined, slow);
    const consumer = client.createConsumer({
      stream: "s",
      topic: "t",
      consumer: 1,
      pollRetryMillis: 10,
      commit: { kind: "poll" },
    });
    consumer.start();
    while (rig.peer.faultCounts.get("delay") !== 1) await rig.clock.advance(1);
    await rig.run(consumer.close(), "closing");
    await rig.clock.advance(1000);
    expect(partitions.map(({ offsets }) => offsets.get("consumer 1"))).toEqual([undefined, undefined]);
    await rig.run(client.close(), "closing the client");
    await rig.finish();
  });
});
