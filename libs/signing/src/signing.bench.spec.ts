import { expect, it } from "vitest";
import { benchMerkle, benchOpening, benchSchemes, benchSwitches, benchWorkers } from "./signing.bench.js";

it("the signing benchmark runs", async () => {
  for (const { openMillis } of benchOpening()) expect(openMillis).toBeGreaterThan(0);
  for (const { wallMillis } of benchSchemes(8, 1)) expect(wallMillis).toBeGreaterThan(0);
  for (const { millisPerMessage } of benchSwitches(8, 1)) expect(millisPerMessage).toBeGreaterThan(0);
  for (const { oneWorkerMillis } of await benchWorkers(8, 1, ["native"]))
    expect(oneWorkerMillis).toBeGreaterThan(0);
  for (const { messagesPerSecond } of benchMerkle(4_096, 1)) expect(messagesPerSecond).toBeGreaterThan(0);
});
