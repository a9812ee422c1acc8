import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IggyClient } from "@ims/iggy-client";
import { AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY } from "@ims/spec-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child } from "../support/child.js";
import { officialClientPresent, runPython } from "../support/python.js";

const IMS = "apps/ims-client/bin/ims.js";

let folder: string;
let broker: Child;
let port: string;
const file = (name: string) => join(folder, name);
const url = (host: string, options = "") =>
  `iggy+tls://iggy:iggy@${host}:${port}?tls_ca_file=${file("ca.pem")}${options}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ims-tls-"));
  await writeFile(file("ca.pem"), AUTHORITY);
  await writeFile(file("cert.pem"), SERVER_CERTIFICATE);
  await writeFile(file("key.pem"), SERVER_KEY);
  const tls = ["--tls-cert", file("cert.pem"), "--tls-key", file("key.pem")];
  broker = Child.node(IMS, ["broker", "--port", "0", "--data-dir", file("data"), ...tls]);
  port = (await broker.printed(/listening on iggy\+tls:\/\/127\.0\.0\.1:(\d+)/))[1]!;
}, 60_000);
afterAll(async () => {
  broker.kill("SIGINT");
  expect(await broker.exited, broker.errors).toBe(0);
  await rm(folder, { recursive: true });
}, 30_000);

const FAST = { connectTimeoutMillis: 10_000 };

describe("ims broker with TLS", { timeout: 60_000 }, () => {
  it("serves our client, which checks authority and name", async () => {
    const client = await IggyClient.connect(url("localhost"), FAST);
    await client.streams.ensure("secure");
    await client.topics.ensure("secure", { name: "t", partitionCount: 1 });
    const payload = Buffer.alloc(3_000_000, "x");
    const sends = Array.from({ length: 5 }, () =>
      client.sendMessages({
        stream: "secure",
        topic: "t",
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload }],
      }),
    );
    expect((await Promise.all(sends)).flat().map(({ baseOffset }) => Number(baseOffset))).toEqual([
      0, 1, 2, 3, 4,
    ]);
    const reply = await client.poll({
      stream: "secure",
      topic: "t",
      partitionId: 0,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "first" },
      count: 5,
    });
    expect(reply.messageCount).toBe(5);
    await client.close();
    await (await IggyClient.connect(url("127.0.0.1"), FAST)).close();
    await expect(IggyClient.connect(url("localhost", "&tls_domain=elsewhere"), FAST)).rejects.toMatchObject({
      code: "iggy-client.tls-refused",
    });
    await expect(IggyClient.connect(`iggy+tls://iggy:iggy@localhost:${port}`, FAST)).rejects.toMatchObject({
      code: "iggy-client.tls-refused",
    });
  });

  it("reads its files again on SIGHUP, keeps what it has when they are wrong, and goes on", async () => {
    await writeFile(file("cert.pem"), "nothing");
    broker.kill("SIGHUP");
    await broker.printed(/cert\.pem holds no certificate/);
    await writeFile(file("cert.pem"), SERVER_CERTIFICATE);
    await (await IggyClient.connect(url("localhost"), FAST)).close();
  });

  it("is looked at by ims iggy", async () => {
    const child = Child.node(IMS, ["iggy", "clients", "--url", url("localhost")]);
    expect(await child.exited, child.errors).toBe(0);
    expect(JSON.parse(child.output)).toMatchObject({ userId: 0, transport: "tcp" });
  });

  it.skipIf(!officialClientPresent())("serves the official Python client", async () => {
    const bounded = "reconnection_retries=2&reconnection_interval=100ms";
    const python = `iggy+tcp://iggy:iggy@127.0.0.1:${port}?${bounded}&tls=true&tls_domain=localhost&tls_ca_file=${file("ca.pem")}`;
    const client = await IggyClient.connect(url("localhost"), FAST);
    await client.streams.ensure("python");
    await client.topics.ensure("python", { name: "t", partitionCount: 1 });
    await client.close();
    await runPython("messages.py", "write", python, "python", "t", "25");
    expect(await runPython("messages.py", "read", python, "python", "t", "25")).toHaveLength(25);
    await expect(
      runPython(
        "messages.py",
        "read",
        python.replace("tls_domain=localhost", "tls_domain=elsewhere"),
        "python",
        "t",
        "25",
      ),
    ).rejects.toThrow(/Cannot establish connection/);
  });
});
