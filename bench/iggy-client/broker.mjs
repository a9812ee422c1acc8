import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../libs/iggy-broker/dist/bin.js");

/**
 * The embedded broker as a process of its own, on a free port, with its data in a folder that goes with it.
 * @param given a folder that stays
 */
export async function startBrokerProcess(given) {
  const folder = given ?? mkdtempSync(join(tmpdir(), "bench-broker-"));
  const began = performance.now();
  const child = spawn(process.execPath, [bin, "--port", "0", "--data-dir", join(folder, "data")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const port = await new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the broker ended with ${code} before it listened`)));
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = /listening on \S+:(\d+)/.exec(text);
      if (found) resolve(Number(found[1]));
    });
  });
  return {
    url: `iggy://iggy:iggy@127.0.0.1:${port}`,
    pid: child.pid,
    /** From the start of the process to its word that it listens. */
    startMillis: performance.now() - began,
    async close(signal = "SIGTERM") {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await ended;
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
