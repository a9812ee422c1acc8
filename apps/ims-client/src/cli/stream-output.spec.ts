import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { StreamOutput } from "./stream-output.js";

describe("StreamOutput", () => {
  it("waits while the stream is full", async () => {
    const taken: string[] = [];
    let release: (() => void) | undefined;
    const stream = new Writable({
      highWaterMark: 4,
      write(chunk, _encoding, done) {
        taken.push(String(chunk));
        release = done;
      },
    });
    const output = new StreamOutput(stream, false, () => undefined);
    let isDone = false;
    const writing = output.write("a long line\n").then((isOpen) => {
      isDone = true;
      return isOpen;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    release!();
    expect(await writing).toBe(true);
    expect(taken).toEqual(["a long line\n"]);
  });

  it("takes a closed pipe as the end, without an error", async () => {
    let closedCount = 0;
    const stream = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    const output = new StreamOutput(stream, false, () => closedCount++);
    expect(await output.write("first\n")).toBe(false);
    expect(await output.write("second\n")).toBe(false);
    expect(closedCount).toBe(1);
  });
});
