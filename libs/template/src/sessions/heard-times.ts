import type { IggyClient } from "@ims/iggy-client";
import { decodeControlMessage } from "../control/decode-control-message.js";
import type { StreamTopology } from "../topology/stream-topology.js";
import type { KeptSession } from "./state-record.js";

const POLL_COUNT_MAX = 1000;

/**
 * When the clients of sessions were heard last, microseconds by client id, from the requests on the control topic since
 * a time: heartbeats are not recorded anywhere else, and they go on while the service is away. Only requests with the
 * session's own id count.
 */
export async function readHeardTimes(
  client: Pick<IggyClient, "poll">,
  topology: StreamTopology,
  sessions: Iterable<KeptSession>,
  sinceMicros: number,
): Promise<ReadonlyMap<number, number>> {
  const { controlStream, controlTopic, exchange } = topology.names;
  const sessionIds = new Map([...sessions].map(({ identity, sessionId }) => [identity.clientId, sessionId]));
  const heard = new Map<number, number>();
  let strategy: { kind: "timestamp" | "offset"; value: number } = { kind: "timestamp", value: sinceMicros };
  for (let count = 1; count > 0 && sessionIds.size > 0; ) {
    const polled = await client.poll({
      stream: controlStream,
      topic: controlTopic,
      partitionId: 0,
      consumer: { kind: "consumer", id: `${exchange}-data-service` },
      strategy,
      count: POLL_COUNT_MAX,
    });
    for (count = 0; polled.next(); count++) {
      strategy = { kind: "offset", value: polled.offset + 1 };
      const decoded = decodeControlMessage(polled.view, polled.payloadStart, polled.payloadLength);
      if (decoded.kind !== "request") continue;
      const { clientId, sessionId } = decoded.request;
      if (sessionIds.get(clientId) !== sessionId) continue;
      heard.set(clientId, Math.max(heard.get(clientId) ?? 0, polled.timestampMicros));
    }
  }
  return heard;
}
