import { describeError } from "@ims/common";
import { runConformance } from "./run-conformance.js";

/** Failures and notes that are printed of one file; the rest is counted. */
const SHOWN_MAX = 20;

/**
 * Checks a folder and prints one line for each file, its failures below it, and `N passed, N failed` last.
 * @returns the exit code: 0 all passed, 1 failures or nothing to check, 2 no such folder
 */
export function printConformance(folder: string, print: (line: string) => void): number {
  let passed = 0;
  let failed = 0;
  try {
    for (const { file, passed: good, failures, notes } of runConformance(folder)) {
      passed += good;
      failed += failures.length;
      print(`${failures.length === 0 ? "ok  " : "FAIL"} ${file}: ${good} passed, ${failures.length} failed`);
      for (const failure of failures.slice(0, SHOWN_MAX)) print(`     ${failure}`);
      if (failures.length > SHOWN_MAX) print(`     and ${failures.length - SHOWN_MAX} more`);
      for (const note of notes.slice(0, SHOWN_MAX)) print(`     note: ${note}`);
    }
  } catch (error) {
    print(describeError(error));
    return 2;
  }
  if (passed + failed === 0) print(`"${folder}" holds no file of vectors`);
  print(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
