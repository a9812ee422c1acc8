import { once } from "node:events";
import { connect } from "node:net";
import { status } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { GrpcHostOptions } from "./grpc-host.js";
import { EchoStage } from "./spec-support/echo-stage.js";

const stages: EchoStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(options: Partial<GrpcHostOptions> = {}): Promise<EchoStage> {
  const stage = await EchoStage.open(options);
  stages.push(stage);
  return stage;
}

/** Until so many calls of Say wait in the service. */
const heldCount = (stage: EchoStage, count: number) =>
  expect.poll(() => stage.held.length, { interval: 1 }).toBe(count);

describe("a host", () => {
  it("answers calls, and says nothing of what a method throws", async () => {
    const client = (await open()).client();
    expect(await client.say("hello")).toBe("hello");
    await expect(client.say("throw")).rejects.toMatchObject({
      code: status.UNKNOWN,
      details: expect.not.stringContaining("secret"),
    });
    expect(await client.say("still there")).toBe("still there");
  });

  it("refuses a request that is too large", async () => {
    const client = (await open({ requestBytesMax: 100 })).client();
    const refused = { code: status.RESOURCE_EXHAUSTED };
    await expect(client.say("x".repeat(101))).rejects.toMatchObject(refused);
    expect(await client.say("x".repeat(90))).toHaveLength(90);
  });

  it("lets the calls wait that are more than one connection may have", async () => {
    const stage = await open({ streamsPerConnectionMax: 2 });
    const client = stage.client();
    // Calls of the first moment do not know the limit yet, and are refused instead of waiting.
    await client.say("first");
    const answers = [client.say("hold 1"), client.say("hold 2"), client.say("hold 3")];
    await heldCount(stage, 2);
    await stage.client().say("another connection");
    expect(stage.held).toHaveLength(2);
    stage.held[0]!();
    await heldCount(stage, 3);
    for (const answer of stage.held.slice(1)) answer();
    expect(await Promise.all(answers)).toEqual(["hold 1", "hold 2", "hold 3"]);
  });

  it("closes a connection that is one too many, and logs that once", async () => {
    const stage = await open({ connectionsMax: 1 });
    expect(await stage.client().say("first")).toBe("first");
    for (const client of [stage.client(), stage.client()]) {
      await expect(client.say("more")).rejects.toMatchObject({ code: status.UNAVAILABLE });
    }
    expect(stage.warnings).toEqual([expect.stringContaining("as many connections as may be")]);
  });

  it("goes on beside clients that send nothing, or what is no HTTP/2, and is rid of them when it closes", async () => {
    const stage = await open();
    const silent = connect(stage.host.port, "127.0.0.1");
    const other = connect(stage.host.port, "127.0.0.1");
    other.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n".repeat(10));
    other.resume();
    silent.resume();
    await once(other, "close");
    expect(await stage.client().say("hello")).toBe("hello");
    const gone = once(silent, "close");
    await stage.host.close();
    await gone;
  });

  it("drops a connection whose client does not answer a ping", async () => {
    const stage = await open({ keepaliveMillis: 20, keepaliveTimeoutMillis: 1000 });
    const client = stage.client();
    await client.say("there");
    const silent = connect(stage.host.port, "127.0.0.1").resume();
    await once(silent, "close");
    expect(await client.say("still there")).toBe("still there");
  });
});

describe("a host that closes", () => {
  it("lets a call under way end, and takes no more", async () => {
    const stage = await open();
    const client = stage.client();
    const answer = client.say("hold");
    await heldCount(stage, 1);
    const closed = stage.host.close();
    await expect(stage.client().say("late")).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(client.say("late too")).rejects.toMatchObject({ code: status.UNAVAILABLE });
    stage.held[0]!();
    expect(await answer).toBe("hold");
    await closed;
  });

  it("cuts a call off that does not end in two seconds", async () => {
    const stage = await open();
    const answer = stage
      .client()
      .say("hold")
      .catch((error: unknown) => error);
    await heldCount(stage, 1);
    let isClosed = false;
    const closed = stage.host.close().then(() => {
      isClosed = true;
    });
    await stage.clock.advance(1999);
    expect(isClosed).toBe(false);
    await stage.clock.advance(1);
    await closed;
    expect([status.UNAVAILABLE, status.CANCELLED]).toContain(((await answer) as { code: status }).code);
    // An answer that comes too late goes nowhere, and harms nothing.
    stage.held[0]!();
  });

  it("is rid of a stream that is cancelled by a client that has read none of it", async () => {
    const stage = await open({ requestBytesMax: 2 << 20 });
    const stream = stage.client().follow("x".repeat(1 << 20));
    stream.on("error", () => undefined);
    await expect.poll(() => stage.followers.size, { interval: 1 }).toBe(1);
    stream.cancel();
    await expect.poll(() => stage.followers.size, { interval: 1 }).toBe(0);
  });

  it("does not wait for calls that were cancelled or are past their deadline", async () => {
    const stage = await open();
    const client = stage.client();
    const late = client.say("hold", { deadline: Date.now() + 200 });
    const cancelled = client.follow("x");
    cancelled.on("error", () => undefined);
    await once(cancelled, "data");
    await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    cancelled.cancel();
    await expect.poll(() => stage.followers.size, { interval: 1 }).toBe(0);
    await stage.host.close();
    for (const answer of stage.held) answer();
  });

  it("ends streams with their reason, and those of health and reflection", async () => {
    const stage = await open();
    const client = stage.client();
    const follower = client.follow("x");
    await once(follower, "data");
    const watch = client.watch("");
    await once(watch, "data");
    const reflection = client.reflect();
    reflection.write({ listServices: "" });
    await once(reflection, "data");
    const ends = [
      expect(once(follower, "data")).rejects.toMatchObject({ code: status.UNAVAILABLE, details: "it ends" }),
      once(watch.resume(), "end"),
      once(reflection.resume(), "end"),
    ];
    await Promise.all([stage.host.close(), stage.host.close(), ...ends]);
  });

  it("has nothing to wait for where it never listened", async () => {
    const stage = new EchoStage();
    await stage.host.close();
    expect(stage.host.port).toBe(0);
  });
});
