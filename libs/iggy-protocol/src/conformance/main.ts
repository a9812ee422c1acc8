import { printConformance } from "./print-conformance.js";

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(
    "Usage: npm run conformance -- iggy-vectors DIR, with DIR in the form of a folder of recorded vectors\n",
  );
  process.exitCode = 2;
} else {
  process.exitCode = printConformance(folder, (line) => process.stdout.write(`${line}\n`));
}
