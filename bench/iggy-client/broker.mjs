import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../libs/iggy-broker/dist/bin.js");

/** The embedded broker as a process of its own, on a free port, with its data in a folder that goes with it. */
export async function startBrokerProcess() {
  const folder = mkdtempSync(join(tmpdir(), "bench-broker-"));
  const child = spawn(process.execPath, [bin, "--port", "0", "--data-dir", join(folder, "data")], {
    stdio: ["ignore", "pipe", "inherit"],
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
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
