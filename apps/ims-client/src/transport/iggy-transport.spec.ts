import { systemClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IggyStage } from "../spec-support/iggy-stage.js";
import { IggyTransport } from "./iggy-transport.js";

const PLACE = { stream: "s", topic: "t", partitionId: 0 };

let stage: IggyStage;
let transport: IggyTransport;
beforeEach(async () => {
  stage = await IggyStage.start();
  await stage.client.streams.create("s");
  await stage.client.topics.create("s", { name: "t", partitionCount: 1 });
  transport = await IggyTransport.connect({
    url: stage.url,
    names: {} as never,
    consumerName: "spec",
    connectTimeoutMillis: 5000,
    requestTimeoutMillis: 5000,
    clock: systemClock,
    random: Math.random,
  });
});
afterEach(async () => {
  await transport.close();
  await stage.end();
});

const send = (text: string) =>
  stage.client.sendMessages({
    stream: "s",
    topic: "t",
    partitioning: { kind: "partition", partitionId: 0 },
    messages: [{ payload: Buffer.from(text) }],
  });

describe("IggyTransport on a real broker", () => {
  it("finds the first record, and the first that was stored at a time or later", async () => {
    expect(await transport.offsetAt(PLACE, { kind: "first" })).toBeUndefined();
    for (const text of ["a", "b", "c"]) await send(text);
    const reply = await stage.client.poll({
      ...PLACE,
      consumer: { kind: "consumer", id: "spec" },
      strategy: { kind: "first" },
      count: 10,
    });
    const times: number[] = [];
    while (reply.next()) times.push(reply.timestampMicros);
    expect(await transport.offsetAt(PLACE, { kind: "first" })).toBe(0);
    const firstAt = (micros: number) => times.findIndex((time) => time >= micros);
    for (const micros of [0, times[1]!, times[2]!]) {
      expect(await transport.offsetAt(PLACE, { kind: "time", micros })).toBe(firstAt(micros));
    }
    expect(await transport.offsetAt(PLACE, { kind: "time", micros: times[2]! + 1 })).toBeUndefined();
    expect(await transport.endOffset(PLACE)).toBe(3);
  });

  it("takes a place that does not exist for an empty one", async () => {
    const nowhere = { ...PLACE, topic: "absent" };
    expect(await transport.offsetAt(nowhere, { kind: "first" })).toBeUndefined();
    expect(await transport.endOffset(nowhere)).toBe(0);
    expect(await transport.poll(nowhere, 0, 10)).toBeUndefined();
  });

  it("reads on in memory that was given back, once for each poll", async () => {
    for (let index = 0; index < 50; index++) await send(`message ${index}`);
    const seen: string[] = [];
    for (let offset = 0; offset < 50; ) {
      const records = (await transport.poll(PLACE, offset, 7))!;
      while (records.next()) {
        const { bytes, payloadStart, payloadLength } = records;
        seen.push(Buffer.from(bytes.subarray(payloadStart, payloadStart + payloadLength)).toString());
        offset = records.offset + 1;
      }
      records.release();
      records.release();
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => `message ${index}`));
    expect(transport.isConnected).toBe(true);
  });
});
