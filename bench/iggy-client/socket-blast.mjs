import { connect } from "node:net";
import { IggyClient } from "@ims/iggy-client";
import {
  BatchArena,
  COMMANDS,
  encodeRequestFrame,
  encodeSendRoute,
  FrameReader,
  Operation,
  PROTOCOL_VERSION,
  readReply,
  xxh3,
} from "@ims/iggy-protocol";
import { BATCH_COUNT, STREAM, timed, topicName } from "./plan.mjs";

/** The limit: a bare socket that writes one ready-made frame again and again and counts the replies. */
export async function blastSends(url, { payloadBytes, messageCount }, window) {
  const wire = await openWire(url);
  const slotBytes = (BATCH_COUNT * (payloadBytes + 48) + 1024 + 7) & ~7;
  const arena = BatchArena.create({ slotCount: 1, slotBytes });
  const slot = arena.acquire();
  slot.begin(encodeSendRoute(STREAM, topicName(payloadBytes), { kind: "partition", partitionId: 0 }));
  const id = new Uint32Array(4);
  for (let index = 0; index < BATCH_COUNT; index++) {
    slot.reserve(payloadBytes);
    id[0] = index + 1;
    slot.commit(payloadBytes, id, Date.now() * 1000);
  }
  slot.seal();
  slot.stampRequest(wire.client, wire.session, 1);
  const { start, end } = slot.frame();
  return blast(wire, () => arena.bytes.subarray(start, end), messageCount, window);
}

/** The limit of reading: bare polls whose replies are counted and thrown away. */
export async function blastPolls(url, { payloadBytes, messageCount }, window) {
  const wire = await openWire(url);
  const frameFor = (batch) =>
    encodeRequestFrame(
      {
        client: wire.client,
        request: batch + 1,
        session: wire.session,
        operation: Operation.NonReplicated,
        code: COMMANDS.pollMessages.code,
      },
      COMMANDS.pollMessages.codec.encodeRequest({
        consumer: { kind: "consumer", id: 1 },
        stream: STREAM,
        topic: topicName(payloadBytes),
        partitionId: 0,
        strategy: { kind: "offset", value: BigInt(batch * BATCH_COUNT) },
        count: BATCH_COUNT,
        autoCommit: false,
      }),
    );
  const frames = Array.from({ length: messageCount / BATCH_COUNT }, (_, batch) => frameFor(batch));
  return blast(wire, (batch) => frames[batch], messageCount, window);
}

async function blast({ socket, onReplies }, frameOf, messageCount, window) {
  const batchCount = messageCount / BATCH_COUNT;
  let sent = 0;
  let answered = 0;
  const result = await timed(
    messageCount,
    () =>
      new Promise((resolve, reject) => {
        socket.once("error", reject);
        onReplies((count) => {
          answered += count;
          for (; count > 0 && sent < batchCount; count--) socket.write(frameOf(sent++));
          if (answered === batchCount) resolve();
        });
        while (sent < Math.min(window, batchCount)) socket.write(frameOf(sent++));
      }),
  );
  socket.destroy();
  return result;
}

/** Logs in by hand, then counts reply frames by their declared sizes alone. */
async function openWire(url) {
  const { hostname, port, username, password } = new URL(url.replace(/^iggy(\+tcp)?:/, "http:"));
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const client = 0x1234_5678_9abcn + BigInt(process.pid);
  const body = COMMANDS.login.codec.encodeRequest({
    protocolVersion: PROTOCOL_VERSION,
    sdkName: "bench",
    sdkVersion: "0",
    credentials: { kind: "password", username, password },
    context: new Uint8Array(0),
  });
  const fields = {
    client,
    request: 0,
    session: 0,
    operation: Operation.Register,
    requestChecksum: xxh3(body),
  };
  const reader = new FrameReader();
  const reply = await new Promise((resolve, reject) => {
    socket.once("error", reject);
    const onData = (bytes) => {
      reader.push(bytes);
      const frame = reader.next();
      if (!frame) return;
      socket.off("data", onData);
      resolve(readReply(frame));
    };
    socket.on("data", onData);
    socket.write(encodeRequestFrame(fields, body));
  });
  if (reply.kind !== "success") throw new Error(`login: ${JSON.stringify(reply)}`);
  const { session } = COMMANDS.login.codec.decodeReply(reply.payload);
  return { socket, client, session, onReplies: (listener) => countReplies(socket, listener) };
}

function countReplies(socket, listener) {
  let missing = 0;
  let head = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    let at = 0;
    let count = 0;
    while (at < bytes.length) {
      if (missing > 0) {
        const taken = Math.min(missing, bytes.length - at);
        missing -= taken;
        at += taken;
        if (missing === 0) count++;
        continue;
      }
      const wanted = 256 - head.length;
      head = Buffer.concat([head, bytes.subarray(at, at + wanted)]);
      at += Math.min(wanted, bytes.length - at);
      if (head.length < 256) break;
      if (head.readUInt32LE(216) !== 0) throw new Error(`refused with ${head.readUInt32LE(216)}`);
      missing = head.readUInt32LE(48) - 256;
      head = Buffer.alloc(0);
      if (missing === 0) count++;
    }
    if (count > 0) listener(count);
  });
}

/** The topic of one size, empty. */
export async function freshTopic(url, payloadBytes, options) {
  const client = await IggyClient.connect(url);
  await client.streams.ensure(STREAM);
  if (await client.topics.get(STREAM, topicName(payloadBytes))) {
    await client.topics.delete(STREAM, topicName(payloadBytes));
  }
  await client.topics.create(STREAM, { name: topicName(payloadBytes), partitionCount: 1, options });
  await client.close();
}

export async function removeStream(url) {
  const client = await IggyClient.connect(url);
  if (await client.streams.get(STREAM)) await client.streams.delete(STREAM);
  await client.close();
}
