import { describe, expect, it } from "vitest";
import { ClientRig } from "../rig/client-rig.js";

describe("a client on the simulated network", () => {
  it("works", async () => {
    const rig = new ClientRig(1);
    const client = await rig.run(rig.connect(), "connect");
    await rig.run(client.createStream("s"), "create");
    await rig.run(client.createTopic("s", { name: "t", partitionCount: 1 }), "create");
    const sent = await rig.run(
      client.sendMessages({
        stream: "s",
        topic: "t",
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload: Buffer.from("hi") }],
      }),
      "send",
    );
    expect(sent).toEqual([{ streamId: 0, topicId: 0, partitionId: 0, baseOffset: 0 }]);
    await rig.run(client.close(), "close");
    await rig.finish();
  });
});
