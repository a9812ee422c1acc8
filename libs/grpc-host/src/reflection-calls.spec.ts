import { once } from "node:events";
import { Duplex } from "node:stream";
import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ReflectionCalls } from "./reflection-calls.js";
import { ECHO_SERVICE, EchoStage } from "./spec-support/echo-stage.js";

let stage: EchoStage;
beforeEach(async () => {
  stage = await EchoStage.open();
});
afterEach(() => stage.close());

async function ask(...requests: object[]): Promise<object[]> {
  const call = stage.client().reflect();
  const answers: object[] = [];
  for (const request of requests) {
    call.write(request);
    answers.push((await once(call, "data"))[0] as object);
  }
  call.end();
  await once(call.resume(), "end");
  return answers;
}

const fileWith = (text: string) => ({
  fileDescriptorResponse: {
    fileDescriptorProto: [expect.toSatisfy((bytes: Buffer) => bytes.includes(text))],
  },
});

it("names the services of the host, and gives the files that define them", async () => {
  const answers = await ask(
    { host: "here", listServices: "" },
    { fileContainingSymbol: `${ECHO_SERVICE}.Say` },
    { fileContainingSymbol: "ims.spec.v1.Line" },
    { fileByFilename: "echo.proto" },
    { fileContainingSymbol: "grpc.health.v1.Health" },
  );
  const services = [ECHO_SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"];
  expect(answers).toMatchObject([
    { validHost: "here", listServicesResponse: { service: services.map((name) => ({ name })) } },
    fileWith("Follow"),
    fileWith("Follow"),
    fileWith("Follow"),
    fileWith("HealthCheckRequest"),
  ]);
});

it("says what it does not know, and goes on", async () => {
  const unknown = { errorResponse: { errorCode: status.NOT_FOUND } };
  expect(
    await ask(
      { fileContainingSymbol: "no.such" },
      { fileContainingSymbol: "" },
      { fileByFilename: "no.proto" },
      {},
    ),
  ).toMatchObject([unknown, unknown, unknown, { errorResponse: { errorCode: status.UNIMPLEMENTED } }]);
});

it("takes no more questions while the client does not read the answers, and answers all in the end", async () => {
  const unread: (() => void)[] = [];
  const hosts: string[] = [];
  const call = new Duplex({
    objectMode: true,
    read: () => undefined,
    write({ validHost }: { validHost: string }, _encoding, done) {
      hosts.push(validHost);
      unread.push(done);
    },
  });
  new ReflectionCalls([]).info(call as unknown as ServerDuplexStream<never, object>);
  const asked = Array.from({ length: 100 }, (_, index) => `${index}`);
  for (const host of asked) call.push({ host });
  call.push(null);
  while (hosts.length < asked.length) {
    await new Promise(setImmediate);
    expect(call.writableLength).toBeLessThanOrEqual(call.writableHighWaterMark);
    unread.shift()!();
  }
  expect(hosts).toEqual(asked);
  const finished = once(call, "finish");
  unread.shift()!();
  await finished;
});

it("refuses a call beyond the last, until one ends", async () => {
  const client = stage.client();
  const calls = [];
  for (let index = 0; index < 100; index++) {
    const call = client.reflect();
    call.write({ listServices: "" });
    await once(call, "data");
    calls.push(call);
  }
  const refused = client.reflect();
  await expect(once(refused.resume(), "end")).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  calls[0]!.end();
  await once(calls[0]!.resume(), "end");
  const next = client.reflect();
  next.write({ listServices: "" });
  await once(next, "data");
});
