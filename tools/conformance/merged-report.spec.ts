import { describe, expect, it } from "vitest";
import { mergedReport } from "./merged-report.mjs";

describe("mergedReport", () => {
  it("sums up, and calls skipped only what nobody has checked", () => {
    const one =
      "ok   a/spot: 3 trades\nskip b/list.json.gz: not of A\nskip c.gz: not of A\n1 passed, 0 failed\n";
    const two =
      "FAIL b/list.json.gz: 1 differences\n     price: 1, not 2\nskip c.gz: not of B\nB: 0 passed, 1 failed\n";
    expect(mergedReport([one, two])).toEqual({
      lines: [
        "ok   a/spot: 3 trades",
        "skip c.gz: not of A",
        "FAIL b/list.json.gz: 1 differences",
        "     price: 1, not 2",
      ],
      passed: 1,
      failed: 1,
    });
  });

  it("takes programs for fine that found nothing of theirs", () => {
    expect(mergedReport(["ok   a: 1\n1 passed, 0 failed\n", "B: 0 passed, 0 failed\n"])).toEqual({
      lines: ["ok   a: 1"],
      passed: 1,
      failed: 0,
    });
  });
});
