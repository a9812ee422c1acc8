import { ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ImsClient, ResumePoint } from "ims-client";

/**
 * `reader.mjs OPTIONS`: a consumer of trades that may be killed at any instant. Its journal is all that it keeps: a
 * line for each trade with the place behind which it goes on, so that a trade and the point are stored together.
 * Each start goes on where the journal ends.
 */
const { url, exchange, clientId, symbols, journal } = JSON.parse(process.argv[2]);
/** Refusals and silences of services and brokers that are being started again. */
const PASSING = new Set(["client.refused", "client.no-reply", "client.no-broker", "client.closed"]);
const RETRY_MILLIS = 200;
/** How long lines are collected; what is not written yet is read again after a kill. */
const FLUSH_MILLIS = 20;

// Never without the test that started it.
process.once("disconnect", () => process.exit(1));
const file = openSync(journal, "a+");
const positions = readJournal();
const last = {};
let lines = "";
let isFlushing = false;

function readJournal() {
  const found = new Map();
  const text = readFileSync(journal, "utf8");
  const whole = text.lastIndexOf("\n") + 1;
  // The kill may have cut the last line.
  ftruncateSync(file, Buffer.byteLength(text.slice(0, whole)));
  for (const line of text.slice(0, whole).split("\n")) {
    if (line === "") continue;
    const { at, kind, symbol } = JSON.parse(line);
    if (kind === "trade") found.set(symbol, { partitionId: at[0], offset: at[1] + 1 });
    else if (kind === "began") found.set(symbol, { partitionId: at[0], offset: at[1] });
  }
  return found;
}

function write(entry) {
  lines += `${JSON.stringify(entry)}\n`;
  if (isFlushing) return;
  isFlushing = true;
  setTimeout(flush, FLUSH_MILLIS);
}

function flush() {
  isFlushing = false;
  writeSync(file, lines);
  lines = "";
  if (process.connected) process.send({ last });
}

function writeGap(gap) {
  if (gap.data !== "trades" || !symbols.includes(gap.symbol)) return;
  const { symbol, reason, fromId, toId, fromMicros, toMicros, missingCount, offset } = gap;
  write({ kind: "gap", symbol, reason, fromId, toId, fromMicros, toMicros, missingCount, offset });
}

async function open() {
  const client = await ImsClient.connect({ url, exchange, clientId });
  try {
    client.on("missed", ({ cause, expectedOffset, foundOffset, subscriptions }) => {
      for (const { symbol } of subscriptions) {
        write({ kind: "missed", symbol, cause, expectedOffset, foundOffset });
      }
    });
    client.on("malformed", (record) => write({ kind: "malformed", ...record }));
    client.on("lost", (error) => write({ kind: "lost", message: error.message }));
    client.on("error", (error) => write({ kind: "error", message: error.message }));
    await client.login();
    client.onMessage("gap", writeGap);
    client.onMessage("trade", (trade) => {
      const { symbol, tradeId, price, quantity, eventMicros, flags, partitionId, offset } = trade;
      last[symbol] = tradeId;
      positions.set(symbol, { partitionId, offset: offset + 1 });
      const text = { price: price.toString(), quantity: quantity.toString() };
      write({ kind: "trade", symbol, tradeId, ...text, eventMicros, flags, at: [partitionId, offset] });
    });
    const point = [...positions].map(([symbol, place]) => ({ data: "trades", symbol, ...place }));
    const started = await client.startTradeData(symbols, { from: ResumePoint.parse(JSON.stringify(point)) });
    for (const { symbol, partitionId, firstOffset } of started) {
      if (positions.has(symbol)) continue;
      positions.set(symbol, { partitionId, offset: firstOffset });
      write({ kind: "began", symbol, at: [partitionId, firstOffset] });
    }
    // Losses that were told while this program did not run.
    for await (const gap of client.gapLedger()) writeGap(gap);
    return client;
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

let client;
while (!client) {
  try {
    client = await open();
  } catch (error) {
    if (!PASSING.has(error.code)) throw error;
    write({ kind: "retry", message: error.message });
    await pause(RETRY_MILLIS);
  }
}
process.on("message", async ({ end }) => {
  if (!end) return;
  for await (const gap of client.gapLedger()) writeGap(gap);
  write({ kind: "end", duplicatesSkipped: client.duplicatesSkipped });
  await client.shutdown();
  flush();
  process.exit(0);
});
