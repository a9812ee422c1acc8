import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeResults } from "../results.mjs";
import { startBrokerProcess } from "./broker.mjs";
import { LATENCY, SIZES, STREAM, topicName, WINDOWS } from "./plan.mjs";

const ROOT = join(import.meta.dirname, "../..");
const PYTHON = process.env.IMS_PYTHON ?? join(ROOT, ".venv/bin/python");
const run = promisify(execFile);

execFileSync(
  "npx",
  ["tsc", "-b", "libs/iggy-client/tsconfig.lib.json", "libs/iggy-broker/tsconfig.lib.json"],
  {
    cwd: ROOT,
    stdio: "inherit",
  },
);

const given = process.env.IGGY_URL;
const broker = given ? undefined : await startBrokerProcess();
const url = given ?? broker.url;

async function measured(job, payloadBytes = 0, window = 0) {
  const worker = join(import.meta.dirname, "worker.mjs");
  const flags = ["--max-semi-space-size=64"];
  const { stdout } = await run(process.execPath, [...flags, worker, url, job, payloadBytes, window]);
  return JSON.parse(stdout);
}

/** The official Python client on the same broker, where it is installed. */
async function pythonPeer(payloadBytes) {
  if (!existsSync(PYTHON)) return undefined;
  await measured("fresh-topic", payloadBytes);
  const script = join(import.meta.dirname, "python_peer.py");
  try {
    const { stdout } = await run(PYTHON, [
      script,
      url,
      STREAM,
      topicName(payloadBytes),
      payloadBytes,
      200_000,
    ]);
    return JSON.parse(stdout);
  } catch (error) {
    console.log(`the official Python client could not be measured: ${error.message.split("\n").at(-2)}`);
    return undefined;
  }
}

const million = (rate) => (rate / 1e6).toFixed(2).padStart(8);
const nanos = (value) => value.toFixed(0).padStart(8);
const rows = [];

function report(label, window, client, socket) {
  rows.push({ label, window, client, socket });
  const share = ((client.messagesPerSecond / socket.messagesPerSecond) * 100).toFixed(0).padStart(7);
  console.log(
    `${label.padEnd(22)}${String(window).padStart(9)}${million(client.messagesPerSecond)}${nanos(client.cpuNanosPerMessage)}${million(socket.messagesPerSecond)}${share} %`,
  );
}

try {
  console.log(`server: ${given ? "IGGY_URL" : "embedded broker, a process of its own"}`);
  console.log("million messages/s in batches of 1,000; CPU ns per message of the client's process");
  console.log(
    `${"".padEnd(22)}${"in flight".padStart(9)}${"client".padStart(8)}${"CPU ns".padStart(8)}${"socket".padStart(8)}${"share".padStart(9)}`,
  );
  const encode = {};
  const python = {};
  for (const { payloadBytes } of SIZES) {
    encode[payloadBytes] = await measured("encode", payloadBytes);
    for (const window of WINDOWS) {
      await measured("fresh-topic", payloadBytes);
      const socket = await measured("blast-sends", payloadBytes, window);
      await measured("fresh-topic", payloadBytes);
      report(
        `in place ${payloadBytes} bytes`,
        window,
        await measured("produce", payloadBytes, window),
        socket,
      );
      await measured("fresh-topic", payloadBytes);
      const objects = await measured("produce-objects", payloadBytes, window);
      report(`objects ${payloadBytes} bytes`, window, objects, socket);
    }
    for (const window of WINDOWS) {
      const socket = await measured("blast-polls", payloadBytes, window);
      report(`poll ${payloadBytes} bytes`, window, await measured("consume", payloadBytes, window), socket);
      for (const kind of ["batches", "messages"]) {
        const consumer = await measured(`consume-${kind}`, payloadBytes, window);
        report(`${kind} ${payloadBytes} bytes`, window, consumer, socket);
      }
    }
    python[payloadBytes] = await pythonPeer(payloadBytes);
  }
  for (const [bytes, { microsPerBatch }] of Object.entries(encode)) {
    console.log(`encode 1,000 messages of ${bytes} bytes: ${microsPerBatch.toFixed(0)} microseconds`);
  }
  for (const [bytes, peer] of Object.entries(python)) {
    if (!peer) continue;
    console.log(
      `official Python client, ${bytes} bytes: produce${million(peer.produce)}, consume${million(peer.consume)} million/s`,
    );
  }
  await measured("fresh-topic", LATENCY.payloadBytes);
  const latency = await measured("latency");
  const millis = (value) => value.toFixed(3);
  console.log(
    `single sends, ${LATENCY.perSecond}/s: p50 ${millis(latency.p50)}, p90 ${millis(latency.p90)}, p99 ${millis(latency.p99)}, ` +
      `p99.9 ${millis(latency.p999)}, max ${millis(latency.max)} ms; CPU ${latency.cpuNanosPerMessage.toFixed(0)} ns each`,
  );
  writeResults("iggy-client", {
    server: given ? "IGGY_URL" : "embedded broker",
    mix: SIZES.map(
      ({ payloadBytes, messageCount }) => `${messageCount} messages of ${payloadBytes} bytes`,
    ).join(", "),
    encode,
    rows,
    python,
    latency,
  });
} finally {
  await measured("remove-stream").catch(() => undefined);
  await broker?.close();
}
