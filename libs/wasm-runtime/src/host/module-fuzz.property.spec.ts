import { isImsError } from "@ims/common";
import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CheckedModule, checkModule } from "../module/check-module.js";
import { FILTER_PROFILE } from "../module/module-profile.js";
import { LAB_TIME } from "../spec-support/lab-host.js";
import { Act, labModule } from "../spec-support/lab-module.js";
import { labBatch, record } from "../spec-support/lab-records.js";
import { FilterHost } from "./filter-host.js";

const SEEDS = 12;
const LAB = labModule();
const batch = labBatch([Act.Pass, Act.Drop, Act.Rewrite, Act.Emit, Act.Log].map((act) => record(act, 3)));

/** Lab modules with octets changed that still pass the checks. */
const mutated: fc.Arbitrary<CheckedModule> = fc
  .array(fc.tuple(fc.nat(LAB.length - 9), fc.nat(255)), { minLength: 1, maxLength: 3 })
  .map((changes) => {
    const bytes = LAB.slice();
    for (const [at, value] of changes) bytes[at + 8] = value;
    try {
      return checkModule(bytes, FILTER_PROFILE);
    } catch (error) {
      if (!isImsError(error)) throw error;
      return undefined;
    }
  })
  .filter((checked) => checked !== undefined);

describe("modules with octets changed", () => {
  it(
    "run, fail with a name or are stopped; the host lives on",
    async () => {
      await assertSeeded(
        fc.asyncProperty(mutated, async (module) => {
          let host: FilterHost;
          try {
            host = await FilterHost.start({ module, batchMillis: 50, loadMillis: 500, snapshotEvery: 1 });
          } catch (error) {
            if (!isImsError(error) || !error.code.startsWith("wasm.")) throw error;
            return;
          }
          try {
            for (let index = 0; index < 4; index++) {
              const outcome = await host.run(batch, LAB_TIME, true);
              expect(outcome.failure === undefined || outcome.outputCount === 0).toBe(true);
              outcome.release();
            }
            expect(["running", "quarantined"]).toContain(host.mode);
          } finally {
            await host.close();
          }
        }),
        SEEDS,
      );
    },
    seededMillis(SEEDS, 60_000),
  );
});
