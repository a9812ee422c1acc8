import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { FILTER_LIMITS } from "../limits.js";
import { checkedLab } from "../spec-support/lab-host.js";
import { type CommandOutcome, WorkerLink } from "./worker-link.js";

const times = { batchMillis: 100, loadMillis: 1000 };

/** A thread that says when it is at a command, and then does this. */
function threadThat(does: string): URL {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    const words = new Int32Array(workerData.control);
    const tell = (text) => parentPort.postMessage({ type: "log", level: "info", text });
    parentPort.on("message", (command) => { ${does} });
  `;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

/** It is at its first command for ever. */
const BEGINS = "if (command.number === 1) { Atomics.store(words, 0, 1); tell('begun'); }";

let link: WorkerLink;
afterEach(() => link.close());

function open(does: string) {
  const clock = new SimulatedClock();
  let hear = () => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  link = new WorkerLink(
    { module: checkedLab(), limits: FILTER_LIMITS, times, clock, onLog: hear, onLogLinesLeftOut: () => {} },
    threadThat(does),
  );
  return { clock, heard };
}

describe("WorkerLink", () => {
  it("ends a thread at 1 to 1.25 times the time of a command, and everything behind it", async () => {
    const { clock, heard } = open(BEGINS);
    const outcomes: CommandOutcome[] = [];
    for (let index = 0; index < 3; index++) link.send({ type: "snapshot" }, (each) => outcomes.push(each));
    await heard;
    await clock.advance(99);
    expect(outcomes).toEqual([]);
    await clock.advance(26);
    expect(outcomes).toMatchObject([
      { error: { code: "wasm.timed-out" } },
      { error: { code: "wasm.worker-failed" } },
      { error: { code: "wasm.worker-failed" } },
    ]);
    expect(await link.ask({ type: "snapshot" })).toMatchObject({ error: { code: "wasm.worker-failed" } });
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("counts no time in which the thread is not at the command", async () => {
    const { clock, heard } = open("tell('not begun');");
    const answer = link.ask({ type: "snapshot" });
    await heard;
    await clock.advance(29_000);
    expect(link.failure).toBeUndefined();
    await clock.advance(1_100);
    expect(await answer).toMatchObject({ error: { code: "wasm.worker-failed" } });
  });

  it("counts from when the thread begins a command", async () => {
    const { clock, heard } = open("if (command.number === 2) { Atomics.store(words, 0, 1); tell('begun'); }");
    const answer = link.ask({ type: "snapshot" });
    await clock.advance(90);
    link.send({ type: "snapshot" }, () => {});
    await heard;
    await clock.advance(99);
    expect(link.failure).toBeUndefined();
    await clock.advance(26);
    expect(await answer).toMatchObject({ error: { code: "wasm.timed-out" } });
  });

  it("stops nobody whose answer is on its way", async () => {
    const { clock, heard } = open(
      "Atomics.store(words, 0, command.number); Atomics.store(words, 1, command.number); tell('done');",
    );
    const answer = link.ask({ type: "snapshot" });
    await heard;
    await clock.advance(10_000);
    expect(link.failure).toBeUndefined();
    await link.close();
    expect(await answer).toMatchObject({ error: { code: "wasm.closed" } });
  });

  it("gives a load its own time", async () => {
    const { clock, heard } = open(BEGINS);
    const answer = link.ask({ type: "load", parameters: {}, state: undefined });
    await heard;
    await clock.advance(999);
    expect(link.failure).toBeUndefined();
    await clock.advance(251);
    expect(await answer).toMatchObject({ error: { code: "wasm.timed-out" } });
  });

  it("notices a thread that ends by itself, or fails", async () => {
    open("process.exit(3)");
    expect(await link.ask({ type: "snapshot" })).toMatchObject({
      error: { code: "wasm.worker-failed", message: expect.stringContaining("code 3") },
    });
    open("throw new Error('the thread has a mistake')");
    expect(await link.ask({ type: "snapshot" })).toMatchObject({
      error: { code: "wasm.worker-failed", message: expect.stringContaining("the thread has a mistake") },
    });
  });
});
