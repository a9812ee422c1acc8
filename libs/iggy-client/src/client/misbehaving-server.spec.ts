import { getEventListeners } from "node:events";
import { SimulatedClock } from "@ims/common";
import { EvictionReason, iggyErrorName } from "@ims/iggy-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConnectionString } from "../connection/connection-string.js";
import { dial } from "../connection/dial.js";
import { RequestRunner } from "../connection/request-runner.js";
import { ServerConnection } from "../connection/server-connection.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import { IGGY_CLIENT_ERRORS } from "../errors.js";
import { READ } from "../spec-support/client-fixture.js";
import {
  advanceUntil,
  type PeerRequest,
  ScriptedPeer,
  seededRandom,
  until,
} from "../spec-support/scripted-peer.js";
import { Groups } from "./groups.js";
import { Offsets } from "./offsets.js";
import { Streams } from "./streams.js";

/** What a server may do to one request. */
const FAULTS: Record<string, (request: PeerRequest) => boolean> = {
  answer: () => false,
  silence: () => true,
  drop: (request) => {
    request.connection.drop();
    return true;
  },
  "half a reply": (request) => {
    request.connection.write(request.replyFrame(emptyReply(request)).subarray(0, 130));
    request.connection.socket.end();
    return true;
  },
  garbage: (request) => {
    request.connection.write(Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 0xff));
    return true;
  },
  "two replies": (request) => {
    const frame = request.replyFrame(emptyReply(request));
    request.connection.write(frame);
    request.connection.write(frame);
    return true;
  },
  evict: (request) => {
    request.evict(EvictionReason.StaleClient);
    return true;
  },
  "evict, then answer": (request) => {
    request.evict(EvictionReason.NoSession);
    return false;
  },
  "no session": (request) => {
    request.refuseByStatus(40);
    return true;
  },
  "not committed": (request) => {
    request.refuseByStatus(57);
    return true;
  },
  "not accepted": (request) => {
    if (request.command?.resultFramed) request.refuseByResult(58);
    else request.refuseByStatus(58);
    return true;
  },
  refuse: (request) => {
    request.refuseByStatus(5);
    return true;
  },
};

function emptyReply(request: PeerRequest): unknown {
  switch (request.name) {
    case "session.login":
      return { userId: 0, session: 1n, serverProtocolVersion: 0, serverVersion: "" };
    case "system.cluster-metadata":
      return { name: "c", nodes: [] };
    case "stream.list":
      return [];
    default:
      return request.name.endsWith(".get") || request.name === "group.sync" ? null : undefined;
  }
}

type Subjects = { streams: Streams; offsets: Offsets; groups: Groups };

const CALLS: Record<string, (subjects: Subjects) => Promise<unknown>> = {
  read: ({ streams }) => streams.list(),
  "quick read": ({ streams }) => streams.get("s", { timeoutMillis: 70 }),
  change: ({ streams }) => streams.delete("s"),
  "quick change": ({ streams }) => streams.delete("s", { timeoutMillis: 120 }),
  join: ({ groups }) => groups.join("s", "t", "g"),
  store: ({ offsets }) => offsets.store({ ...READ, offset: 1 }),
};

const RUNS = Number(process.env.IMS_SEEDS ?? 200);

describe("a server that misbehaves", () => {
  it("never keeps a call from ending, doubles no change, and leaves nothing behind", {
    timeout: 20_000 + 20 * RUNS,
  }, async () => {
    const faultNames = fc.array(fc.constantFrom(...Object.keys(FAULTS)), { maxLength: 25 });
    const callNames = fc.array(fc.constantFrom(...Object.keys(CALLS)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(faultNames, callNames, fc.boolean(), async (faults, calls, closesEarly) => {
        await runWith([...faults], calls, closesEarly);
      }),
      { numRuns: RUNS },
    );
  });
});

async function runWith(faults: string[], calls: readonly string[], closesEarly: boolean): Promise<void> {
  const executed = new Map<string, number>();
  const peer = await ScriptedPeer.start((request) => {
    const fault = faults.shift() ?? "answer";
    const dealtWith = FAULTS[fault]!(request);
    // Sent again on another session, a change would be done twice.
    const mayHaveRun = !["no session", "not accepted", "refuse"].includes(fault);
    if (request.name === "stream.delete" && mayHaveRun) {
      const key = `${request.header.client} ${request.header.request}`;
      executed.set(key, (executed.get(key) ?? 0) + 1);
    }
    if (!dealtWith && request.name === "group.sync") request.reply(null);
    return dealtWith;
  });
  const clock = new SimulatedClock();
  const connection = new ServerConnection(parseConnectionString(peer.url), {
    clock,
    random: seededRandom(),
    requestTimeoutMillis: 400,
    inFlightMax: 3,
    frameBytesMax: 1 << 20,
    dial,
    metrics: new Diagnostics(),
  });
  const runner = new RequestRunner(connection, 100);
  const subjects = {
    streams: new Streams(runner),
    offsets: new Offsets(runner),
    groups: new Groups(runner),
  };
  try {
    connection.start();
    let ended = 0;
    const changes = calls.filter((name) => name.endsWith("change")).length;
    for (const name of calls) {
      CALLS[name]!(subjects).then(
        () => ended++,
        (error: { code: string; context: { code?: number } }) => {
          ended++;
          expect(Object.keys(IGGY_CLIENT_ERRORS)).toContain(error.code);
          if (error.context.code !== undefined) expect(iggyErrorName(error.context.code)).not.toBe("");
        },
      );
    }
    if (closesEarly) await until(() => peer.requests.length > 0);
    else {
      await advanceUntil(clock, () => ended === calls.length);
      // No call takes longer than its time.
      expect(clock.monotonicMillis()).toBeLessThanOrEqual(410);
    }
    let closed = false;
    void connection.close().then(() => {
      closed = true;
    });
    await advanceUntil(clock, () => closed && ended === calls.length);
    expect(executed.size).toBeLessThanOrEqual(changes);
    expect(clock.pendingTimerCount).toBe(0);
    expect(getEventListeners(connection.closedSignal, "abort")).toEqual([]);
    await until(() => peer.connections.every((each) => each.closed));
  } finally {
    await peer.close();
  }
}
