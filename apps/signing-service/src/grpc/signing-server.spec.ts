import { once } from "node:events";
import { type ClientDuplexStream, credentials, makeClientConstructor, status } from "@grpc/grpc-js";
import { createLogger, systemClock } from "@ims/common";
import { healthProto, type LoadedProto, reflectionProto } from "@ims/grpc-proto";
import { SIGNING_SERVICE, SigningClient } from "@ims/signing-proto";
import { afterEach, describe, expect, it } from "vitest";
import { inlineSigner } from "../spec-support/inline-pool.js";
import { CallerCheck, isLoopback } from "./caller-check.js";
import { SigningCalls } from "./signing-calls.js";
import { SigningServer } from "./signing-server.js";

const logger = createLogger({ name: "spec", level: "fatal" });
const messages = [Buffer.from("one"), Buffer.from("two"), Buffer.alloc(0)];
const context = Buffer.from("orders");

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(scheme: "ecdsa" | "schnorr" | "ed25519", token?: string) {
  const signer = inlineSigner(scheme, ["native", "js"]);
  const calls = new SigningCalls(signer, new CallerCheck("127.0.0.1:0", token), logger);
  const server = new SigningServer(calls, systemClock, logger);
  const address = `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
  const client = new SigningClient(address, token === undefined ? {} : { token });
  ends.push(
    () => server.close(),
    () => client.close(),
  );
  return { address, calls, client, server, signer };
}

type Call = (
  request?: object,
  done?: (error: Error | null, reply: unknown) => void,
) => ClientDuplexStream<object, object>;

/** A client of one of the services that every gRPC server here has. */
function stub(address: string, proto: LoadedProto, service: string): Readonly<Record<string, Call>> {
  const Client = makeClientConstructor(proto.service(service), service);
  const client = new Client(address, credentials.createInsecure());
  ends.push(() => client.close());
  return client as unknown as Readonly<Record<string, Call>>;
}

describe("the gRPC service", () => {
  it.each(["ecdsa", "schnorr", "ed25519"] as const)("signs and verifies %s", async (scheme) => {
    const { client, signer } = await serve(scheme);
    const { keyId, publicKey, scheme: label, signatures } = await client.sign({ context, messages });
    expect(keyId).toBe(signer.key.keyId);
    expect(signatures.map(({ length }) => length)).toEqual([64, 64, 64]);
    const request = { context, messages, signatures, scheme: label, publicKey };
    expect(await client.verify(request)).toMatchObject({ valid: true });
    const wrong = { ...request, messages: [messages[0]!, Buffer.from("too"), messages[2]!] };
    expect(await client.verify(wrong)).toMatchObject({ valid: false, firstBad: 1 });
    expect(await client.verify({ ...request, context: Buffer.from("other") })).toMatchObject({
      valid: false,
      firstBad: 0,
    });
    expect(await client.publicKeys()).toEqual([{ keyId, scheme: label, publicKey: Buffer.from(publicKey) }]);
  });

  it("switches the backend, and refuses one that is not open", async () => {
    const { client } = await serve("ed25519");
    expect(await client.switchBackend("JS")).toEqual({ backend: "JS", previous: "NATIVE" });
    expect(await client.status()).toMatchObject({
      backend: "JS",
      available: ["NATIVE", "JS"],
      switches: "1",
    });
    await expect(client.switchBackend("WASM")).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    await expect(client.switchBackend("BACKEND_UNSPECIFIED")).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  it("refuses what is too much or names no key", async () => {
    const { calls, client } = await serve("ecdsa");
    const refused = expect.objectContaining({ code: status.INVALID_ARGUMENT });
    await expect(client.sign({ messages: [] })).rejects.toEqual(refused);
    await expect(client.sign({ messages: Array(1025).fill(context) })).rejects.toEqual(refused);
    await expect(client.sign({ context: Buffer.alloc(1001), messages })).rejects.toEqual(refused);
    await expect(client.sign({ messages, keyId: "00".repeat(8) })).rejects.toEqual(refused);
    const unnamed = { context, messages, signatures: [], scheme: "ECDSA" as const, publicKey: context };
    await expect(client.verify(unnamed)).rejects.toEqual(refused);
    expect(calls.refusedCount).toBe(5);
    const huge = [Buffer.alloc(5 << 20)];
    await expect(client.sign({ messages: huge })).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it("wants its token for what costs or changes something", async () => {
    const { address, client } = await serve("ecdsa", "secret-token");
    await client.sign({ messages });
    for (const token of [undefined, "secret-tokeN", "secret-token "]) {
      const stranger = new SigningClient(address, token === undefined ? {} : { token });
      ends.push(() => stranger.close());
      const refused = { code: status.UNAUTHENTICATED };
      await expect(stranger.sign({ messages })).rejects.toMatchObject(refused);
      await expect(stranger.switchBackend("JS")).rejects.toMatchObject(refused);
      expect((await stranger.status()).backend).toBe("NATIVE");
    }
  });

  it("closes at once beside clients that only watch, and says that it goes away", async () => {
    const { address, server } = await serve("ecdsa");
    const watch = stub(address, healthProto, "grpc.health.v1.Health").Watch!({ service: SIGNING_SERVICE });
    expect(await once(watch, "data")).toEqual([{ status: "SERVING" }]);
    const told = once(watch, "data");
    const ended = once(watch, "end");
    await server.close();
    expect(await told).toEqual([{ status: "NOT_SERVING" }]);
    await ended;
  });

  it("describes itself to a client that knows only reflection", async () => {
    const { address } = await serve("ecdsa");
    const call = stub(address, reflectionProto, "grpc.reflection.v1.ServerReflection")
      .ServerReflectionInfo!();
    const ask = async (request: object) => {
      call.write(request);
      return (await once(call, "data"))[0] as Record<string, never>;
    };
    expect(await ask({ listServices: "" })).toMatchObject({
      listServicesResponse: { service: expect.arrayContaining([{ name: SIGNING_SERVICE }]) },
    });
    const { fileDescriptorResponse: file } = await ask({ fileContainingSymbol: `${SIGNING_SERVICE}.Status` });
    const describes = (bytes: Buffer) => bytes.includes("SwitchBackend") && bytes.includes("worker_deaths");
    expect(file).toEqual({ fileDescriptorProto: [expect.toSatisfy(describes)] });
    call.end();
  });

  it("answers health checks", async () => {
    const { address } = await serve("ecdsa");
    const health = stub(address, healthProto, "grpc.health.v1.Health");
    const check = (name: string) =>
      new Promise((resolve, reject) => {
        health.Check!({ service: name }, (error: Error | null, reply: unknown) =>
          error ? reject(error) : resolve(reply),
        );
      });
    expect(await check(SIGNING_SERVICE)).toEqual({ status: "SERVING" });
    await expect(check("nobody")).rejects.toMatchObject({ code: status.NOT_FOUND });
  });
});

describe("an address", () => {
  it("that others reach needs a token", () => {
    const addresses = ["127.0.0.1:1", "[::1]:1", "localhost:1", "127.9.9.9:0"];
    expect(addresses.filter((address) => !isLoopback(address))).toEqual([]);
    for (const address of [
      "0.0.0.0:1",
      "[::]:1",
      "127.example.org:1",
      "10.0.0.1:1",
      "9052",
      "unix:/tmp/x:1",
    ]) {
      expect(() => new CallerCheck(address, undefined)).toThrow(/IMS_SIGN_TOKEN/);
      new CallerCheck(address, "token");
    }
  });
});
