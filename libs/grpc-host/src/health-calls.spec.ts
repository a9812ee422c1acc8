import { once } from "node:events";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HealthCalls } from "./health-calls.js";
import { ECHO_SERVICE, EchoStage } from "./spec-support/echo-stage.js";

let stage: EchoStage;
beforeEach(async () => {
  stage = await EchoStage.open();
});
afterEach(() => stage.close());

it("answers of the host and of its service, and knows no other", async () => {
  const client = stage.client();
  expect([await client.check(""), await client.check(ECHO_SERVICE)]).toEqual(["NOT_SERVING", "NOT_SERVING"]);
  stage.host.setServing(true);
  expect([await client.check(""), await client.check(ECHO_SERVICE)]).toEqual(["SERVING", "SERVING"]);
  await expect(client.check("nobody")).rejects.toMatchObject({
    code: status.NOT_FOUND,
    details: expect.stringContaining(ECHO_SERVICE),
  });
});

it("tells those who watch of each change, and of an unknown service that it is unknown", async () => {
  const client = stage.client();
  const [known, unknown] = [client.watch(ECHO_SERVICE), client.watch("nobody")];
  expect(await once(known, "data")).toEqual([{ status: "NOT_SERVING" }]);
  expect(await once(unknown, "data")).toEqual([{ status: "SERVICE_UNKNOWN" }]);
  const seen: unknown[] = [];
  unknown.on("data", (reply: unknown) => seen.push(reply));
  for (const isServing of [true, true, false]) stage.host.setServing(isServing);
  expect(await once(known, "data")).toEqual([{ status: "SERVING" }]);
  expect(await once(known, "data")).toEqual([{ status: "NOT_SERVING" }]);
  const ended = once(unknown, "end");
  await stage.host.close();
  await ended;
  expect(seen).toEqual([]);
});

it("refuses a watch beyond the last", () => {
  const health = new HealthCalls(["a"], 1);
  const errors: unknown[] = [];
  const watch = () => {
    const ends: (() => void)[] = [];
    const call = {
      request: { service: "a" },
      write: () => true,
      on: (event: string, listener: () => void) => void (event === "close" && ends.push(listener)),
      emit: (_event: string, error: unknown) => void errors.push(error),
    };
    health.watch(call as unknown as ServerWritableStream<never, never>);
    return () => ends.map((end) => end());
  };
  const leave = watch();
  watch();
  expect(errors).toEqual([expect.objectContaining({ code: status.RESOURCE_EXHAUSTED })]);
  leave();
  watch();
  expect(errors).toHaveLength(1);
});
