import { Part } from "./part.mjs";

const POLL_MILLIS = 50;
const SUBSCRIBED_WITHIN_MILLIS = 60_000;
const ARRIVED_WITHIN_MILLIS = 3000;
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/**
 * Runs one market of many symbols through the integration, and compares what arrived with what the market made.
 *
 * @param options of the market, see `venue.mjs`; `warmUpSeconds`, `seconds`; `wholeSystem`: not to a counting sink, but
 * through a service with its embedded broker to a client
 * @returns figures of all processes, and `faults`: sentences about what is missing or wrong, none if all is right
 */
export async function runScale({ warmUpSeconds, seconds, wholeSystem = false, ...market }) {
  const parts = [];
  const start = async (script, options) => {
    const part = new Part(script, options);
    parts.unshift(part);
    return { part, ready: await part.ready };
  };
  try {
    const { part: venue, ready: addresses } = await start("venue.mjs", market);
    const { part: ingest, ready } = await start(wholeSystem ? "service.mjs" : "ingest.mjs", addresses);
    const { part: reader } = wholeSystem ? await start("client.mjs", ready) : { part: ingest };
    await until(async () => {
      const { pendingCount, subscriptionCount } = await ingest.ask("state");
      return subscriptionCount > 0 && pendingCount === 0;
    }, SUBSCRIBED_WITHIN_MILLIS);
    await pause(warmUpSeconds * 1000);
    const before = await venue.ask("usage");
    await Promise.all([...new Set([ingest, reader])].map((part) => part.ask("begin")));
    await pause(seconds * 1000);
    const service = await ingest.ask("figures");
    const figures = wholeSystem ? await reader.ask("figures") : service;
    const after = await venue.ask("usage");
    const sent = await venue.ask("halt");
    // What is on the way still arrives; a record that does not is told below.
    await until(
      async () => (await reader.ask("state")).recordCount >= sent.framesSent,
      ARRIVED_WITHIN_MILLIS,
    );
    const state = { ...(await ingest.ask("state")), ...(wholeSystem && (await reader.ask("state"))) };
    const faults = await compare(venue, reader, state, sent);
    return {
      symbols: addresses.symbols.length,
      ...figures,
      ...(wholeSystem && { service }),
      venueCores: cpuSeconds(before.cpu, after.cpu) / figures.seconds,
      state,
      framesSent: sent.framesSent,
      faults,
    };
  } finally {
    for (const part of parts) await part.end();
  }
}

async function until(isDone, withinMillis) {
  const deadline = performance.now() + withinMillis;
  while (!(await isDone())) {
    if (performance.now() > deadline) return false;
    await pause(POLL_MILLIS);
  }
  return true;
}

async function compare(venue, reader, state, sent) {
  const faults = [];
  const { disorderCount, fallbackCount, gapCount, pendingCount, recordCount, reconnectCount, rejectedCount } =
    state;
  if (recordCount !== sent.framesSent) faults.push(`${sent.framesSent} frames sent, ${recordCount} records`);
  const counts = { disorderCount, fallbackCount, gapCount, pendingCount, reconnectCount, rejectedCount };
  for (const [name, count] of Object.entries(counts)) if (count > 0) faults.push(`${name} is ${count}`);
  if (sent.slowReaderCloseCount > 0) faults.push("the market gave up on a reader");
  const ranges = await reader.ask("ranges");
  const truths = await venue.ask("truth", ranges);
  ranges.forEach(({ symbol, fromTradeId, toTradeId, tradeCount, quantityScale, quantitySum }, at) => {
    const truth = truths[at];
    const contiguous = tradeCount === toTradeId - fromTradeId + 1;
    const expected = BigInt(truth.quantitySum) * 10n ** BigInt(quantityScale - truth.quantityScale);
    if (contiguous && tradeCount === truth.tradeCount && BigInt(quantitySum) === expected) return;
    faults.push(
      `${symbol}: ${tradeCount} trades from ${fromTradeId} to ${toTradeId}, the market made ${truth.tradeCount}`,
    );
  });
  return faults;
}

function cpuSeconds(before, after) {
  return (after.user + after.system - before.user - before.system) / 1e6;
}
