const SUM = /^(?:\S+: )?(\d+) passed, (\d+) failed$/;
const SKIPPED = /^skip (\S+): /;
const CHECKED = /^(?:ok {2}|FAIL) (\S+?):? /;

/**
 * One report of several programs that looked at the same folder, each at what is its own: all their lines, without
 * `skip` where another one has checked it, and one sum in place of theirs.
 * @param {readonly string[]} outputs what each program printed
 * @returns {{ lines: string[]; passed: number; failed: number }}
 */
export function mergedReport(outputs) {
  const all = outputs.flatMap((output) => output.split("\n")).filter((line) => line !== "");
  const checked = new Set(all.flatMap((line) => CHECKED.exec(line)?.[1] ?? []));
  const skipped = new Set();
  const lines = [];
  let passed = 0;
  let failed = 0;
  for (const line of all) {
    const sum = SUM.exec(line);
    const name = SKIPPED.exec(line)?.[1];
    if (sum) {
      passed += Number(sum[1]);
      failed += Number(sum[2]);
    } else if (name === undefined) {
      lines.push(line);
    } else if (!checked.has(name) && !skipped.has(name)) {
      skipped.add(name);
      lines.push(line);
    }
  }
  return { lines, passed, failed };
}
