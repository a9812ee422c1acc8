import { readFileSync } from "node:fs";
import { DataType } from "@ims/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVICE_SETTINGS } from "../settings/service-settings.js";
import { parsePrometheus } from "../spec-support/prometheus.js";
import { ServiceFixture } from "../spec-support/service-fixture.js";
import { ExitCode } from "./exit-code.js";

const text = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
/** Rows of the table under a heading. */
const rowsOf = (heading: string) =>
  text
    .split(`## ${heading}\n`)[1]!
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => /^\| [`0-9]/.test(line));

let fixture: ServiceFixture;
let url: string;
beforeAll(async () => {
  fixture = new ServiceFixture(undefined, [DataType.Trade]);
  await fixture.startBroker();
  const service = await fixture.startService();
  await service.ready;
  url = service.healthUrl;
});
afterAll(() => fixture.dispose());

const get = (path: string) => fetch(new URL(path, url));

describe("docs/operations.md", () => {
  it("names every metric of a service, as it is served", async () => {
    const metrics = await (await get("/metrics")).text();
    const labels = new Map<string, Set<string>>();
    for (const sample of parsePrometheus(metrics)) {
      const names = labels.get(sample.family) ?? new Set();
      for (const label of Object.keys(sample.labels)) names.add(label);
      labels.set(sample.family, names);
    }
    const heads = [...metrics.matchAll(/^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)$/gm)];
    const expected = heads.map(([, name, help, kind]) => {
      const documented = rowsOf("Metrics").find((row) => row.startsWith(`| \`${name}\` |`));
      // A metric that has no sample yet shows its labels only later.
      const shown = [...(labels.get(name!) ?? [])].map((label) => `\`${label}\``).join(", ");
      const known = shown === "" ? (documented?.split("|")[3]?.trim() ?? "") : shown;
      return `| \`${name}\` | ${kind} | ${known} | ${help} |`.replaceAll("|  |", "| |");
    });
    expect(rowsOf("Metrics")).toEqual(expected);
  });

  it("names every path, and what it is answered with", async () => {
    const paths = rowsOf("Ports").map((row) => /`(\/[a-z]+)`/.exec(row)![1]!);
    for (const path of paths) expect((await get(path)).status, path).toBe(200);
    const { error } = (await (await get("/nothing")).json()) as { error: string };
    expect([...error.matchAll(/\/[a-z]+/g)].map(([path]) => path).sort()).toEqual(paths.sort());
  });

  it("names every exit code", () => {
    const rows = rowsOf("Stopping, and exit codes").map((row) => /^\| (\d+) \| `(\w+)`/.exec(row)!.slice(1));
    expect(rows).toEqual(Object.entries(ExitCode).map(([name, code]) => [String(code), name]));
  });

  it("names the settings of publishing with their defaults", () => {
    const known = new Map(
      Object.values(SERVICE_SETTINGS).map(({ env, schema }) => [
        env as string,
        String(schema.parse(undefined)),
      ]),
    );
    const rows = rowsOf("When the broker is slow or away").map((row) =>
      /`(\w+)` \| (\S+)/.exec(row)!.slice(1),
    );
    for (const [name, value] of rows) expect([name, known.get(name!)]).toEqual([name, value]);
    const publishing = [...known.keys()].filter((name) => name.startsWith("IMS_PUBLISH_"));
    expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(publishing));
  });
});
