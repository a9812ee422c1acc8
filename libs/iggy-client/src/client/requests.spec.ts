import { encodeBatch, encodeReplyFrame, successBody } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import type { Dialer } from "../connection/byte-stream.js";
import { dial } from "../connection/dial.js";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";

const { peerWith, clientOf } = clientFixture();

describe("requests", () => {
  it("matches replies by number when they come in another order, and keeps to the window", async () => {
    const held: (() => void)[] = [];
    let inFlight = 0;
    let inFlightMost = 0;
    const peer = await peerWith((request) => {
      if (request.name !== "offset.get") return false;
      inFlightMost = Math.max(inFlightMost, ++inFlight);
      held.push(() => {
        inFlight--;
        const { partitionId } = request.decode() as { partitionId: number };
        request.reply({ partitionId, currentOffset: 9, storedOffset: partitionId * 10 });
      });
      return true;
    });
    const { client } = await clientOf(peer, { inFlightMax: 4 });
    const partitions = [...Array(12).keys()];
    const offsets = partitions.map((partitionId) => client.offsets.get({ ...READ, partitionId }));
    for (let answered = 0; answered < 12; ) {
      await until(() => held.length === Math.min(4, 12 - answered));
      for (const answer of held.splice(0).reverse()) {
        answer();
        answered++;
      }
    }
    expect((await Promise.all(offsets)).map((offset) => offset!.storedOffset)).toEqual(
      partitions.map((p) => p * 10),
    );
    expect(inFlightMost).toBe(4);
    const numbers = peer.named("offset.get").map(({ header }) => header.request);
    expect(new Set(numbers).size).toBe(12);
  });

  it("hands small frames of one turn to the socket together, and a large one at once", async () => {
    const seen: string[] = [];
    const watched: Dialer = async (...request) => {
      const stream = await dial(...request);
      const { write, cork, uncork } = stream;
      return Object.assign(stream, {
        write(bytes: Uint8Array) {
          seen.push(`write ${bytes.length}`);
          return write.call(stream, bytes);
        },
        cork() {
          seen.push("cork");
          return cork!.call(stream);
        },
        uncork() {
          seen.push("uncork");
          return uncork!.call(stream);
        },
      });
    };
    const { client } = await clientOf(await peerWith(), { dial: watched });
    seen.length = 0;
    const large = {
      stream: "s",
      topic: "t",
      partitioning: { kind: "balanced" },
      messages: [{ payload: new Uint8Array(20_000) }],
    } as const;
    await Promise.all([client.ping(), client.ping(), client.sendMessages(large), client.ping()]);
    expect(seen).toEqual([
      ...["cork", "write 256", "write 256", "uncork"],
      ...[expect.stringMatching(/^write 20\d{3}$/), "cork", "write 256", "uncork"],
    ]);
  });

  it("reads a reply that comes byte by byte", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "stream.list") return false;
      const frame = request.replyFrame([
        { id: 3, createdAtMicros: 5, topicCount: 0, sizeBytes: 0, messageCount: 0, name: "s", options: [] },
      ]);
      request.connection.socket.setNoDelay(true);
      for (const byte of frame) request.connection.write(Uint8Array.of(byte));
      return true;
    });
    const { client } = await clientOf(peer);
    expect(await client.streams.list()).toMatchObject([{ id: 3, name: "s" }]);
  });

  it("gives the server's number and name in a refusal", async () => {
    const peer = await peerWith((request) => {
      if (request.name === "stream.create") request.refuseByResult(1012);
      else if (request.name === "topic.list") request.refuseByStatus(41);
      else return false;
      return true;
    });
    const { client } = await clientOf(peer);
    await expect(client.streams.create("s")).rejects.toMatchObject({
      code: "iggy-client.refused",
      context: { code: 1012, name: "StreamNameAlreadyExists" },
    });
    await expect(client.topics.list("s")).rejects.toMatchObject({
      context: { code: 41, name: "Unauthorized" },
    });
  });

  it("says of a change whose answer cannot be read that the outcome is unknown, of a read what is wrong", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "stream.create" && request.name !== "stream.list") return false;
      const { client, request: number } = request.header;
      const { replyOperation } = request.command!;
      const body = successBody(replyOperation, Uint8Array.of(1, 2, 3));
      request.connection.write(
        encodeReplyFrame({ client, request: number, operation: replyOperation }, body),
      );
      return true;
    });
    const { client } = await clientOf(peer);
    await expect(client.streams.create("s")).rejects.toMatchObject({
      code: "iggy-client.outcome-unknown",
      cause: { code: "iggy-protocol.truncated" },
    });
    await expect(client.streams.list()).rejects.toMatchObject({ code: "iggy-protocol.truncated" });
    await client.ping();
    expect(peer.connections.length).toBe(1);
  });

  it("never sends a body that harms servers", async () => {
    const peer = await peerWith();
    const { client } = await clientOf(peer);
    await expect(client.streams.delete("")).rejects.toMatchObject({
      code: "iggy-protocol.argument-out-of-range",
    });
    expect(peer.requests.length).toBe(1);
  });

  it("repeats a transient refusal with the same frame", async () => {
    let refusals = 3;
    const peer = await peerWith((request) => {
      if (request.name !== "stream.delete" || refusals-- <= 0) return false;
      request.refuseByResult(58);
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const deleted = client.streams.delete("s");
    await until(() => peer.named("stream.delete").length === 1);
    await advanceUntil(clock, () => peer.named("stream.delete").length === 4);
    await deleted;
    const frames = peer.named("stream.delete").map(({ frame }) => Buffer.from(frame).toString("hex"));
    expect(new Set(frames).size).toBe(1);
  });

  it("gives up a transient refusal at the deadline", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "stream.delete") return false;
      request.refuseByStatus(57);
      return true;
    });
    const { client, clock } = await clientOf(peer, { requestTimeoutMillis: 200 });
    const deleted = client.streams.delete("s");
    deleted.catch(() => {});
    await until(() => peer.named("stream.delete").length === 1);
    await advanceUntil(clock, () => clock.monotonicMillis() > 400);
    await expect(deleted).rejects.toMatchObject({ context: { code: 57, transient: true } });
  });

  it("sends one metadata request at a time, in the order of the calls", async () => {
    let open = 0;
    let openMost = 0;
    const peer = await peerWith((request) => {
      if (request.name !== "stream.delete") return false;
      openMost = Math.max(openMost, ++open);
      setImmediate(() => {
        open--;
        request.reply(undefined);
      });
      return true;
    });
    const { client } = await clientOf(peer);
    await Promise.all(["a", "b", "c"].map((name) => client.streams.delete(name)));
    expect(openMost).toBe(1);
    expect(peer.named("stream.delete").map((request) => request.decode())).toEqual(
      ["a", "b", "c"].map((stream) => ({ stream })),
    );
  });

  it("creates what is missing, also when another client was faster", async () => {
    const stream = {
      id: 1,
      createdAtMicros: 1,
      topicCount: 0,
      sizeBytes: 0,
      messageCount: 0,
      name: "s",
      options: [],
      topics: [],
    };
    let taken = false;
    const peer = await peerWith((request) => {
      if (request.name === "stream.get") request.reply(taken ? stream : null);
      else if (request.name === "stream.create") {
        taken = true;
        request.refuseByResult(1012);
      } else return false;
      return true;
    });
    const { client } = await clientOf(peer);
    expect(await client.streams.ensure("s")).toMatchObject({ id: 1 });
  });

  it("refuses calls beyond the queue", async () => {
    const peer = await peerWith((request) => request.name === "stream.list");
    const { client } = await clientOf(peer, { queueMax: 2 });
    const calls = [client.streams.list(), client.streams.list()];
    for (const call of calls) call.catch(() => {});
    await expect(client.streams.list()).rejects.toMatchObject({ code: "iggy-client.queue-full" });
  });

  it("polls without copying and finds damage", async () => {
    const batch = encodeBatch(
      [1n, 2n].map((id) => ({ id, payload: Uint8Array.of(Number(id)), originMicros: 7 })),
    );
    let damage = false;
    const peer = await peerWith((request) => {
      if (request.name !== "message.poll") return false;
      const batches = batch.slice();
      if (damage) batches[batches.length - 1]! ^= 1;
      request.reply({ partitionId: 0, currentOffset: 1, messageCount: 2, batches });
      return true;
    });
    const { client } = await clientOf(peer);
    const polled = await client.poll({ ...READ, strategy: { kind: "offset", value: 5 }, count: 10 });
    const payloads: number[] = [];
    while (polled.next()) payloads.push(polled.bytes[polled.payloadStart]!);
    expect(payloads).toEqual([1, 2]);
    expect(peer.named("message.poll")[0]!.decode()).toMatchObject({
      strategy: { kind: "offset", value: 5n },
      autoCommit: false,
    });
    damage = true;
    await expect(client.poll({ ...READ, strategy: { kind: "first" }, count: 1 })).rejects.toMatchObject({
      code: "iggy-protocol.checksum-mismatch",
    });
  });
});

describe("close", () => {
  it("logs out, and fails what is pending or called later", async () => {
    const peer = await peerWith((request) => request.name === "stream.list");
    const { client, clock } = await clientOf(peer);
    const pending = client.streams.list();
    pending.catch(() => {});
    await until(() => peer.named("stream.list").length === 1);
    await client.close();
    await expect(pending).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
    await expect(client.ping()).rejects.toMatchObject({ code: "iggy-client.closed" });
    await until(() => peer.connections[0]!.closed);
    expect(peer.named("session.logout").length).toBe(1);
    expect(clock.pendingTimerCount).toBe(0);
    await client.close();
  });

  it("does not wait for a server that does not answer the logout", async () => {
    const peer = await peerWith((request) => request.name === "session.logout");
    const { client, clock } = await clientOf(peer);
    const closing = client.close();
    await until(() => peer.named("session.logout").length === 1);
    await clock.advance(1000);
    await closing;
  });
});
