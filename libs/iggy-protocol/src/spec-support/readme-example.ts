import {
  COMMANDS,
  encodeBatch,
  encodeRequestFrame,
  encodeUserHeaders,
  HeaderMap,
  headerField,
  PolledBatches,
  userHeader,
} from "../index.js";

/** A send request as it goes over the wire. */
export function sendFrame(client: bigint, session: bigint): Uint8Array {
  const headers = encodeUserHeaders([
    userHeader("symbol", "BTCUSDT"),
    userHeader("attempt", headerField.u8(1)),
  ]);
  const batch = encodeBatch([
    { id: 1n, payload: new TextEncoder().encode("hello"), originMicros: 1_700_000_000_000_000, headers },
  ]);
  const body = COMMANDS.sendMessages.codec.encodeRequest({
    stream: "market",
    topic: "trades",
    partitioning: { kind: "partition", partitionId: 0 },
    messageCount: 1,
    batch,
  });
  return encodeRequestFrame(
    { client, session, request: 1, operation: COMMANDS.sendMessages.operation },
    body,
  );
}

/** Offsets and symbols of the messages of a poll reply. */
export function symbolsOf(payload: Uint8Array): [number, string | undefined][] {
  const symbols: [number, string | undefined][] = [];
  const polled = new PolledBatches(payload);
  polled.verifyChecksums();
  while (polled.next()) {
    symbols.push([polled.offset, new HeaderMap(polled.headersBytes()).text("symbol")]);
  }
  return symbols;
}
