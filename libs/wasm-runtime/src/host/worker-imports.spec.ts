import { spawn } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ENTRY = new URL("../../dist/host/worker-entry.js", import.meta.url);
const LIBRARIES = new URL("../../../", import.meta.url);

/** Tells on the standard output what is loaded, a line for each. */
const HOOKS = dataUrl(`
  import { writeSync } from "node:fs";
  export function load(url, context, next) {
    writeSync(1, url + "\\n");
    return next(url, context);
  }
`);
const REGISTER = dataUrl(`import { register } from "node:module"; register(${JSON.stringify(HOOKS)});`);

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Everything that the entry loads before its first line runs. In a main thread it then ends with an error. */
async function loadedByEntry(): Promise<{ urls: string[]; errors: string }> {
  const child = spawn(process.execPath, ["--import", REGISTER, fileURLToPath(ENTRY)], {
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await new Promise((resolve) => child.once("close", resolve));
  const urls = output.split("\n").filter((url) => url.startsWith("file:") || url.startsWith("node:"));
  return { urls: [...new Set(urls)], errors };
}

describe("the entry of a worker thread", () => {
  it("loads what it needs, for a swap waits for it and the module at work has to share its processor", async () => {
    const { urls, errors } = await loadedByEntry();
    expect(errors).toContain("this file is the entry of a worker thread");
    const files = urls.filter((url) => url.startsWith("file:"));
    const own = files.filter((url) => url.startsWith(`${LIBRARIES}wasm-runtime/dist/`));
    const others = files.filter((url) => !own.includes(url)).map((url) => url.replace(LIBRARIES.href, ""));
    expect(urls.filter((url) => url.startsWith("node:"))).toEqual(["node:worker_threads"]);
    // Neither a package from outside nor more of the common library.
    expect(others.sort()).toEqual([
      "common/dist/core.js",
      "common/dist/decimals/mantissa-cell.js",
      "common/dist/decimals/parse-decimal-bytes.js",
      "common/dist/decimals/parse-decimal-text.js",
      "common/dist/errors/ims-error.js",
      "common/dist/text/nearest-names.js",
      "common/dist/time/clock.js",
      "common/dist/time/system-clock.js",
    ]);
    // The other side of the thread stays out.
    const host = own.filter((url) => url.includes("/host/")).map((url) => basename(url));
    expect(host.sort()).toEqual(["shared-batch.js", "worker-entry.js", "worker-messages.js"]);
  });
});
