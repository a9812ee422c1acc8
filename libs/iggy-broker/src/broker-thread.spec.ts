import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "./broker.js";
import { runBrokerThread } from "./broker-thread.js";

let dataDir = "";

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "iggy-broker-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A thread that says that it listens, and then does what the test is about. */
function thread(body: string): URL {
  const code = `
    import { parentPort, threadId } from "node:worker_threads";
    import { readFileSync, writeFileSync } from "node:fs";
    const listening = () => parentPort.postMessage({ type: "listening", host: "127.0.0.1", port: 1 });
    ${body}`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** Holds the data folder's lock as the broker of that thread does. */
const LOCKED = (folder: string) => `
  const stat = (() => { try { return readFileSync("/proc/self/stat", "utf8"); } catch { return ""; } })();
  const start = stat === "" ? "0" : stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  writeFileSync(${JSON.stringify(`${folder}/lock`)}, process.pid + " " + start + " " + threadId + " 0123456789abcdef\\n");
`;

describe("a broker thread", () => {
  it.each([
    ["throws", `setImmediate(() => { throw new Error("out of luck"); });`, /failed: .*out of luck/],
    ["rejects", `Promise.reject(new Error("out of luck"));`, /failed: .*out of luck/],
    ["exits", "setImmediate(() => process.exit(7));", /ended with code 7/],
    ["has nothing left to do", "", /ended with code 0/],
  ])("that %s after it listened is told by ended", async (_what, body, message) => {
    const broker = await runBrokerThread(thread(`listening(); ${body}`), { port: 0, dataDir });
    expect(await broker.ended).toMatchObject({ error: { code: "broker.worker-failed" } });
    expect((await broker.ended).error?.message).toMatch(message);
    // Nothing is left to close.
    await broker.close();
  });

  it("that crashes while it is closed rejects close", async () => {
    const broker = await runBrokerThread(
      thread(`parentPort.on("message", () => { throw new Error("too full"); }); listening();`),
      { port: 0, dataDir },
    );
    await expect(broker.close()).rejects.toThrow("too full");
    expect((await broker.ended).error?.message).toContain("too full");
  });

  it("that dies with a question rejects it", async () => {
    const entry = thread(`parentPort.on("message", () => process.exit(3)); listening();`);
    const broker = await runBrokerThread(entry, { port: 0, dataDir });
    const questions = [broker.status(), broker.reloadTls()];
    for (const question of questions)
      await expect(question).rejects.toMatchObject({ code: "broker.worker-failed" });
  });

  it("that closes as asked ends without an error", async () => {
    const entry = thread(`
      parentPort.once("message", () => { parentPort.postMessage({ type: "closed" }); parentPort.close(); });
      listening();`);
    const broker = await runBrokerThread(entry, { port: 0, dataDir });
    await Promise.all([broker.close(), broker.close()]);
    expect(await broker.ended).toEqual({});
  });

  it("that ends before it listens is an error of the start", async () => {
    await expect(runBrokerThread(thread(""), { port: 0, dataDir })).rejects.toMatchObject({
      code: "broker.worker-failed",
    });
  });

  it("that dies leaves its folder to the next broker of the process", async () => {
    const entry = thread(`${LOCKED(dataDir)} listening(); setImmediate(() => process.exit(1));`);
    const dead = await runBrokerThread(entry, { port: 0, dataDir });
    await dead.ended;
    const next = await startBroker({ port: 0, dataDir, lockWaitMillis: 0 });
    // The lock of a living thread is not taken by the death of another.
    const other = await runBrokerThread(thread("listening();"), { port: 0, dataDir });
    await other.ended;
    expect(readFileSync(`${dataDir}/lock`, "utf8")).toContain(String(process.pid));
    await next.close();
    expect(await next.ended).toEqual({});
  });
});
