import { SimulatedClock } from "@ims/common";
import type { SocketWire, SocketWireEvents } from "@ims/integration-kit";
import { describe, expect, it } from "vitest";
import { type Handshake, watchHandshakes } from "./handshake-watch.js";

/** One attempt, whose far end the test plays. */
function dialled() {
  const clock = new SimulatedClock();
  const told: Handshake[] = [];
  const heard: string[] = [];
  let far: SocketWireEvents | undefined;
  let sentHeaders: Readonly<Record<string, string>> | undefined;
  const connector = watchHandshakes({
    clock,
    headers: { "X-Key": "k" },
    timeoutMillis: 10_000,
    onHandshake: (handshake) => told.push(handshake),
    dial: (_url, _bytesMax, events, headers): SocketWire => {
      far = events;
      sentHeaders = headers;
      const nothing = () => {};
      return {
        isOpen: true,
        isPaused: false,
        send: nothing,
        ping: nothing,
        pause: nothing,
        resume: nothing,
        // As the WebSocket library does for one that is not up yet.
        terminate: () => events.onError("closed before the connection was established"),
      };
    },
  });
  const events: SocketWireEvents = {
    onOpen: () => heard.push("open"),
    onMessage: () => heard.push("message"),
    onSign: () => heard.push("sign"),
    onError: () => heard.push("error"),
    onRefused: (status) => heard.push(`refused ${status}`),
    onClosed: (code) => heard.push(`closed ${code}`),
  };
  const wire = connector("wss://venue.test", 100, events);
  return { clock, far: far!, heard, sentHeaders, told, wire };
}

describe("watchHandshakes", () => {
  it("sends the headers, and passes everything on", () => {
    const { far, heard, sentHeaders, told, wire } = dialled();
    expect(sentHeaders).toEqual({ "X-Key": "k" });
    far.onOpen();
    far.onMessage(new Uint8Array());
    far.onSign();
    far.onError("reset");
    far.onClosed(1006);
    expect(heard).toEqual(["open", "message", "sign", "error", "closed 1006"]);
    expect(told).toEqual([{ outcome: "accepted" }]);
    expect([wire.isOpen, wire.isPaused]).toEqual([true, false]);
  });

  it("tells a refusal once, with its status", () => {
    const { far, told } = dialled();
    far.onRefused(401, undefined);
    far.onError("after it");
    far.onClosed(1006);
    expect(told).toEqual([{ outcome: "refused", status: 401 }]);
  });

  it("tells a failure and a close before the connection was up", () => {
    const failed = dialled();
    failed.far.onError("ENOTFOUND");
    expect(failed.told).toEqual([{ outcome: "failed", reason: "ENOTFOUND" }]);
    const closed = dialled();
    closed.far.onClosed(1006);
    expect(closed.told).toMatchObject([{ outcome: "failed" }]);
  });

  it("tells nothing of an attempt that its owner does not need any more, but that nobody answered", async () => {
    const early = dialled();
    await early.clock.advance(9999);
    early.wire.terminate();
    early.far.onClosed(1006);
    expect(early.told).toEqual([]);
    expect(early.heard).toEqual(["error", "closed 1006"]);
    const late = dialled();
    await late.clock.advance(10_000);
    late.wire.terminate();
    late.far.onClosed(1006);
    expect(late.told).toEqual([{ outcome: "failed", reason: "no answer within 10000 ms" }]);
  });
});
