import { SimulatedClock } from "@ims/common";
import { Operation } from "@ims/iggy-protocol";
import { afterEach, describe, expect, it } from "vitest";
import { RunningBrokers } from "../spec-support/running-broker.js";

const brokers = new RunningBrokers();
afterEach(() => brokers.end());

const PING = [Operation.NonReplicated, new Uint8Array(0), { code: 1 }] as const;

describe("connections that do not log in", () => {
  it("are closed when they send nothing, or never a whole request", async () => {
    const clock = new SimulatedClock();
    const broker = await brokers.start({ clock, loginTimeoutMillis: 1000 });
    const [silent, dribbling] = [await brokers.connect(broker), await brokers.connect(broker)];
    // Answered, so both are accepted.
    await Promise.all([silent.ask(...PING), dribbling.ask(...PING)]);
    for (let sent = 0; sent < 4; sent++) {
      dribbling.socket.write(new Uint8Array(10));
      await clock.advance(500);
    }
    await Promise.all([silent.waitClosed(), dribbling.waitClosed()]);
  });

  it("stay while they ask, and once they are logged in they may be silent", async () => {
    const clock = new SimulatedClock();
    const broker = await brokers.start({ clock, loginTimeoutMillis: 1000 });
    const [asking, member] = [await brokers.connect(broker), await brokers.login(broker)];
    for (let round = 0; round < 10; round++) {
      await clock.advance(600);
      expect(await asking.ask(...PING)).toMatchObject({ kind: "success" });
    }
    expect(await member.ask(...PING)).toMatchObject({ kind: "success" });
  });
});

describe("connections from one address", () => {
  it("are bounded, and count no longer once they are closed", async () => {
    const broker = await brokers.start({ addressConnectionCountMax: 2 });
    const first = await brokers.login(broker);
    await brokers.login(broker);
    const third = await brokers.connect(broker);
    await third.waitClosed();
    await first.end();
    // The broker has heard of the close when it serves again.
    for (let served = false; !served; ) {
      const next = await brokers.connect(broker);
      served = await next.ask(...PING).then(
        ({ kind }) => kind === "success",
        () => false,
      );
    }
  });
});
