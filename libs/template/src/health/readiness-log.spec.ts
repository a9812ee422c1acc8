import { SimulatedClock } from "@ims/common";
import { expect, it } from "vitest";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { type Readiness, ReadinessLog } from "./readiness-log.js";

it("says what is waited for, each change, and what lasts once a minute", async () => {
  const clock = new SimulatedClock();
  const { lines, logger } = recordingLogger();
  let readiness: Readiness = { status: "starting", reasons: ["the broker was not reached yet"] };
  const log = new ReadinessLog(() => readiness, clock, logger);
  log.start();
  const said = () =>
    lines.splice(0).map(({ level, msg, waitingFor, reasons }) => [level, msg, waitingFor ?? reasons]);
  await clock.advance(4999);
  expect(said()).toEqual([]);
  await clock.advance(50_001);
  expect(said()).toEqual([[30, "not ready yet", ["the broker was not reached yet"]]]);
  await clock.advance(60_000);
  expect(said()).toHaveLength(1);
  readiness = { status: "starting", reasons: ["the list is not loaded yet"] };
  await clock.advance(5000);
  expect(said()).toEqual([[30, "not ready yet", ["the list is not loaded yet"]]]);
  readiness = { status: "ready", reasons: [] };
  await clock.advance(300_000);
  // The process says that itself, at once.
  expect(said()).toEqual([]);
  readiness = { status: "degraded", reasons: ["the venue is not connected"] };
  await clock.advance(5000);
  expect(said()).toEqual([
    [40, "clients cannot be served fully at the moment", ["the venue is not connected"]],
  ]);
  readiness = { status: "ready", reasons: [] };
  await clock.advance(5000);
  expect(said()).toEqual([[30, "ready again", undefined]]);
  log.stop();
  await clock.advance(300_000);
  expect(said()).toEqual([]);
});
