import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { compile } from "../compile.js";
import { checkFaults } from "../conformance/check-faults.js";
import { checkLayout } from "../conformance/check-layout.js";
import { vectorFolders } from "../conformance/folder-files.js";
import { Report } from "../conformance/report.js";

const vectors = join(inject("sharedDir"), "sbe/vectors");

describe.skipIf(!inject("sharedDir"))("schemas of the reference", () => {
  it("that are doubtful are refused, warned about or accepted, each at the place in question", () => {
    const report = new Report("invalid");
    const accepted = checkFaults(join(vectors, "invalid"), report);
    expect([report.failures, report.notes]).toEqual([[], []]);
    const files = readdirSync(join(vectors, "invalid")).filter((file) => file.endsWith(".xml"));
    expect(report.passed).toBeGreaterThanOrEqual(118);
    expect(accepted.length).toBeLessThan(files.length / 4);
  });

  it("have the layout that the reference tool computes", () => {
    const reports = vectorFolders(vectors).map(({ name, path, layouts }) => {
      const report = new Report(name);
      for (const layout of layouts)
        checkLayout(layout, compile(join(path, layout.schemaFile)).tokens, report);
      return report;
    });
    expect(reports.flatMap(({ folder, failures }) => failures.map((text) => `${folder} ${text}`))).toEqual(
      [],
    );
    expect(reports.reduce((sum, { passed }) => sum + passed, 0)).toBeGreaterThan(500);
  });

  it("with one number changed in the expectation are told apart", () => {
    const { path, layouts } = vectorFolders(vectors).find(({ name }) => name === "car")!;
    const changed = JSON.parse(
      JSON.stringify(layouts[0]).replace('"offset":28', '"offset":29'),
    ) as (typeof layouts)[0];
    const report = new Report("car");
    checkLayout(changed, compile(join(path, changed.schemaFile)).tokens, report);
    expect(report.failures).toEqual(["layout schema.xml Car: fields.5.offset: expected 29, found 28"]);
  });
});
