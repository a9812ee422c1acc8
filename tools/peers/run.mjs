#!/usr/bin/env node
// Runs the official Apache Iggy clients against the embedded broker: the same scenarios with each.
// A peer that is not installed is told in one line and skipped.
// Usage: node tools/peers/run.mjs [python] [rust] [cli]        default: all
//   --install-cli  builds the official command line first, which takes a quarter of an hour
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "./command-line.mjs";
import { buildRustPeer, commandLine, installCommandLine, pythonPeer } from "./find-peers.mjs";
import { runScenarios } from "./run-scenarios.mjs";

const scenarios = JSON.parse(readFileSync(new URL("scenarios.json", import.meta.url), "utf8"));
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith("--"));
const isWanted = (peer) => wanted.length === 0 || wanted.includes(peer);
const folder = mkdtempSync(join(tmpdir(), "iggy-peers-"));
let failedCount = 0;

/**
 * @param {string} peer
 * @param {{ command: readonly string[] } | { missing: string }} found
 * @param {(command: readonly string[]) => Promise<{ passed: number, failed: readonly string[], skipped: readonly string[] }>} run
 */
async function runPeer(peer, found, run) {
  if ("missing" in found) {
    console.log(`${peer}: skipped, ${found.missing}`);
    return;
  }
  const { passed, failed, skipped } = await run(found.command);
  for (const line of failed) console.log(`${peer}: FAILED ${line}`);
  for (const line of skipped) console.log(`${peer}: not supported by this client: ${line}`);
  console.log(`${peer}: ${passed} passed, ${failed.length} failed, ${skipped.length} not supported`);
  failedCount += failed.length;
}

const withScenarios = (name) => (command) => runScenarios(command, scenarios, join(folder, name));

try {
  if (isWanted("python")) await runPeer("python (apache-iggy 0.9.0)", pythonPeer(), withScenarios("python"));
  if (isWanted("rust")) await runPeer("rust (iggy 0.11.0)", buildRustPeer(), withScenarios("rust"));
  if (isWanted("cli")) {
    if (words.includes("--install-cli")) installCommandLine();
    await runPeer("command line (iggy-cli 0.14.0-edge.4)", commandLine(), (command) =>
      runCommandLine(command, join(folder, "cli")),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failedCount > 0) process.exitCode = 1;
