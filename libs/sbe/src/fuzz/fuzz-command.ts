import { parseArgs } from "node:util";
import { type FuzzReport, runFuzz } from "./fuzz-run.js";
import type { TokenDecoders } from "./token-outcome.js";

const USAGE = "Usage: npm run fuzz -- sbe [--inputs 1000000] [--seed 1]\n";

/**
 * Runs with arguments as after the command's name and prints the counts.
 *
 * @param tokenDecoders decoders that work without generated code, to be compared with it
 * @returns 0, 1 for violations, 2 for arguments that are no numbers
 */
export function runFuzzCommand(
  args: readonly string[],
  print: (text: string) => void,
  tokenDecoders: TokenDecoders = {},
): number {
  const settings = readSettings(args);
  if (settings === undefined) {
    print(USAGE);
    return 2;
  }
  const started = performance.now();
  const report = runFuzz({
    ...settings,
    tokenDecoders,
    onProgress: (done) => {
      if (done % 0x100000 === 0) print(`${done} inputs\n`);
    },
  });
  print(describeReport(report, performance.now() - started));
  return report.violationCount === 0 ? 0 : 1;
}

function readSettings(args: readonly string[]): { inputs: number; seed: number } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
    });
    const inputs = Number(values.inputs);
    const seed = Number(values.seed);
    return Number.isSafeInteger(inputs) && inputs > 0 && Number.isSafeInteger(seed)
      ? { inputs, seed }
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param millis duration of the run */
export function describeReport(report: FuzzReport, millis: number): string {
  const { inputs, seed, values, refusals, tokens, inputsByKind, inputsBySubject, textMax } = report;
  const lines = [
    `${inputs} inputs over ${Object.keys(inputsBySubject).length} messages, seed ${seed}, ${(millis / 1000).toFixed(1)} s, each read at least twice`,
    `  ${values} read as values (longest ${textMax} characters), refused:`,
    ...Object.entries(refusals).map(([code, count]) => `    ${code.padEnd(24)} ${count}`),
    `  ${tokens.inputs} of them by tokens as well: ${tokens.values} values, refused:`,
    ...Object.entries(tokens.refusals).map(([code, count]) => `    ${code.padEnd(24)} ${count}`),
    "  kinds of input:",
    ...Object.entries(inputsByKind).map(([kind, count]) => `    ${kind.padEnd(24)} ${count}`),
    ...report.violations.map(
      ({ input, subject, kind, problem, hex }) =>
        `  input ${input}, ${subject}, ${kind}: ${problem}\n    ${hex}`,
    ),
    `${report.violationCount} violations`,
  ];
  return `${lines.join("\n")}\n`;
}
