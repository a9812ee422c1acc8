import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { startBroker } from "@ims/iggy-broker";

const RESTART = "restart the broker";

/**
 * Runs a peer's program on a broker of its own, which is started anew when the program asks for it. The program gets the
 * address and the names of the scenarios.
 *
 * @param {readonly string[]} command
 * @param {readonly string[]} scenarios
 * @param {string} dataDir
 */
export async function runScenarios([program, ...args], scenarios, dataDir) {
  const options = { dataDir, passwordCost: { log2N: 10 } };
  let broker = await startBroker({ ...options, port: 0 });
  const { port } = broker;
  const outcomes = new Map();
  const child = spawn(program, [...args, `127.0.0.1:${port}`, ...peerArguments(args, scenarios)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => {
    child.once("error", () => resolve(-1));
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === RESTART) {
        await broker.close();
        broker = await startBroker({ ...options, port });
      } else {
        const { scenario, ...outcome } = JSON.parse(line);
        outcomes.set(scenario, outcome);
      }
    }
    const code = await exited;
    if (code !== 0) outcomes.set("the program", { outcome: "failed", reason: `it ended with ${code}` });
  } finally {
    child.kill();
    await broker.close();
  }
  return summary(scenarios, outcomes);
}

/** The Python program reads the list itself and takes connection options instead. */
function peerArguments(args, scenarios) {
  return args.some((argument) => argument.endsWith(".py")) ? [] : scenarios;
}

function summary(scenarios, outcomes) {
  const failed = [];
  const skipped = [];
  for (const scenario of new Set([...scenarios, ...outcomes.keys()])) {
    const { outcome, reason } = outcomes.get(scenario) ?? {
      outcome: "failed",
      reason: "nothing was said of it",
    };
    if (outcome === "unsupported") skipped.push(`${scenario}: ${reason}`);
    else if (outcome !== "ok") failed.push(`${scenario}: ${reason}`);
  }
  return { passed: scenarios.length - failed.length - skipped.length, failed, skipped };
}
