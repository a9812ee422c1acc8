import { join } from "node:path";
import { runnerImport } from "vite";
import { writeResults } from "../results.mjs";

const workspaceDir = join(import.meta.dirname, "../..");
const { module } = await runnerImport(join(workspaceDir, "libs/signing/src/signing.bench.ts"), {
  root: workspaceDir,
  configFile: false,
  logLevel: "error",
  environments: { inline: { resolve: { conditions: ["@ims/source"], noExternal: [/^@ims\//] } } },
});
const MESSAGES = 1_024;
const ROUNDS = 7;
/** What the prototype of 1,024 Schnorr signatures published; measured on other machines than this one. */
const published = {
  source: "the prototype's own figures, from other machines",
  schnorr1024: {
    native: "125 to 170 ms",
    wasmtime: "about 3 times native",
    wasm3: "about 28 times native",
  },
  swapForEachMessage: "about 30 ms a message",
};

const opening = module.benchOpening();
console.table(opening);
const schemes = module.benchSchemes(MESSAGES, ROUNDS);
console.table(schemes);
const workers = await module.benchWorkers(MESSAGES, ROUNDS);
console.table(workers);
const switches = module.benchSwitches(MESSAGES, ROUNDS);
console.table(switches);
const merkle = module.benchMerkle(1 << 18, ROUNDS);
console.table(merkle);
console.log("published by the prototype, measured on other machines:", published);
writeResults("signing", { messages: MESSAGES, opening, schemes, workers, switches, merkle, published });
