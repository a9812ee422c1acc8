import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectPlain, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { SimulatedClock } from "@ims/common";
import { COMMANDS, Operation } from "@ims/iggy-protocol";
import { AUTHORITY, OTHER_CERTIFICATE, OTHER_KEY, SERVER_CERTIFICATE, SERVER_KEY } from "@ims/spec-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { BrokerLogger, BrokerOptions } from "../broker-options.js";
import { startBrokerWorker } from "../broker-worker.js";
import { FrameClient } from "../spec-support/frame-client.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

let folder: string;
let tls: { certFile: string; keyFile: string };
const brokers = new RunningBrokers();
const sockets: Socket[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "iggy-broker-tls-"));
  tls = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await brokers.end();
});

async function useServerFiles(): Promise<void> {
  await writeFile(tls.certFile, SERVER_CERTIFICATE);
  await writeFile(tls.keyFile, SERVER_KEY);
}

/** A broker with the server's files, and the messages of its warnings. */
async function secureBroker(options: Partial<BrokerOptions> = {}) {
  await useServerFiles();
  const warnings: string[] = [];
  const silent = () => undefined;
  const logger: BrokerLogger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_, message) => void warnings.push(message),
  };
  const broker = await brokers.start({ tls, logger, ...options });
  return { broker, port: broker.port, warnings };
}

function dial(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      ca: AUTHORITY,
      servername: "localhost",
      ...options,
    });
    sockets.push(socket);
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(socket));
  });
}

function plain(port: number): Socket {
  const socket = connectPlain({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  sockets.push(socket);
  return socket;
}

const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.resume();
  });

const opened = (socket: Socket) => new Promise<void>((resolve) => socket.once("connect", resolve));

describe("a broker with TLS", () => {
  it("serves clients that trust its certificate, replies of many pieces included", async () => {
    const { port } = await secureBroker();
    const client = FrameClient.over(await dial(port), 7n);
    await client.logIn({ kind: "password", username: "iggy", password: "iggy" });
    for (let index = 0; index < 50; index++) {
      await client.call(COMMANDS.createStream, { name: `stream-${index}-${"x".repeat(200)}`, options: [] });
    }
    expect(await client.call(COMMANDS.getStreams, undefined)).toHaveLength(50);
    await client.end();
  });

  it("cuts plain clients off with a warning, and serves on", async () => {
    const { port, warnings } = await secureBroker();
    const stranger = plain(port);
    stranger.write("GET / HTTP/1.1\r\n\r\n".repeat(20));
    await closed(stranger);
    expect(warnings).toEqual([expect.stringMatching(/handshake of a client failed: it speaks no TLS/)]);
    await dial(port);
  });

  it("refuses versions below 1.2", async () => {
    const { port } = await secureBroker();
    await expect(
      dial(port, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }),
    ).rejects.toThrow(/version|alert/i);
    expect((await dial(port, { maxVersion: "TLSv1.2" })).getProtocol()).toBe("TLSv1.2");
  });

  it("bounds the time of a handshake", async () => {
    // Within the certificate's validity.
    const clock = new SimulatedClock(Date.now() * 1000);
    const { port, warnings } = await secureBroker({ clock, handshakeTimeoutMillis: 3000 });
    const silent = plain(port);
    await opened(silent);
    // A handshake that succeeds was accepted after it.
    await dial(port);
    const end = closed(silent);
    await clock.advance(2999);
    expect(warnings).toEqual([]);
    await clock.advance(1);
    await end;
    expect(warnings).toEqual(["the TLS handshake of a client took more than 3000 ms"]);
  });

  it("counts handshakes as connections, and no longer when they are over", async () => {
    const { port, warnings } = await secureBroker({ connectionCountMax: 2 });
    const [first, second] = [plain(port), plain(port)];
    await Promise.all([opened(first), opened(second)]);
    await expect(dial(port)).rejects.toThrow();
    expect(warnings).toEqual(["a connection was refused because too many are open"]);
    const secured = [closed(first), closed(second)];
    first.write("no handshake at all");
    second.write("no handshake at all");
    await Promise.all(secured);
    const client = FrameClient.over(await dial(port), 7n);
    expect(await client.ask(Operation.NonReplicated, new Uint8Array(0), { code: 1 })).toMatchObject({
      kind: "success",
    });
    await client.end();
    await client.waitClosed();
    await Promise.all([dial(port), dial(port)]);
  });

  it("takes other files for new connections when it is told, and keeps the old ones when they are wrong", async () => {
    const { port, broker } = await secureBroker();
    const serial = async () => (await dial(port)).getPeerCertificate().serialNumber;
    const before = await dial(port);
    const first = await serial();
    await writeFile(tls.certFile, OTHER_CERTIFICATE);
    await expect(broker.reloadTls()).rejects.toMatchObject({ code: "broker.tls-mismatch" });
    expect(await serial()).toBe(first);
    await writeFile(tls.keyFile, OTHER_KEY);
    await broker.reloadTls();
    expect(await serial()).not.toBe(first);
    expect(before.destroyed).toBe(false);
  });
});

const threadEntry = new URL("../../dist/worker.js", import.meta.url);

describe.skipIf(!existsSync(threadEntry))("a broker in a thread of its own", () => {
  it("takes other files when it is told, tells what is wrong with them, and answers until it ends", async () => {
    await useServerFiles();
    const dataDir = join(folder, "data");
    const broker = await startBrokerWorker({ port: 0, dataDir, tls });
    try {
      const serial = async () => (await dial(broker.port)).getPeerCertificate().serialNumber;
      const first = await serial();
      await writeFile(tls.certFile, OTHER_CERTIFICATE);
      await expect(broker.reloadTls()).rejects.toMatchObject({
        code: "broker.tls-mismatch",
        message: expect.stringContaining("key.pem"),
      });
      expect(await serial()).toBe(first);
      await writeFile(tls.keyFile, OTHER_KEY);
      await broker.reloadTls();
      expect(await serial()).not.toBe(first);
      expect(await broker.status()).toMatchObject({ partitionCount: 0, refusesMetadata: false });
    } finally {
      await broker.close();
    }
    await expect(broker.status()).rejects.toMatchObject({ code: "broker.worker-failed" });
  });
});

describe("the files of a broker with TLS", () => {
  it.each([
    [
      "an absent certificate",
      { certFile: "absent.pem" },
      "broker.tls-file",
      /absent\.pem cannot be read: .*ENOENT/,
    ],
    ["an absent key", { keyFile: "absent.pem" }, "broker.tls-file", /absent\.pem cannot be read/],
    ["no certificate", { certFile: "key.pem" }, "broker.tls-file", /key\.pem holds no certificate/],
    ["no key", { keyFile: "cert.pem" }, "broker.tls-file", /cert\.pem holds no private key/],
    [
      "another key",
      { keyFile: "other.pem" },
      "broker.tls-mismatch",
      /other\.pem does not belong .*cert\.pem/,
    ],
  ])("refuses %s before it listens", async (_, files, code, message) => {
    await useServerFiles();
    await writeFile(join(folder, "other.pem"), OTHER_KEY);
    const { certFile = "cert.pem", keyFile = "key.pem" } = files as Partial<typeof tls>;
    const start = brokers.start({
      tls: { certFile: join(folder, certFile), keyFile: join(folder, keyFile) },
    });
    const error = (await start.catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).not.toContain("BEGIN");
  });

  it("warns of a certificate that is not valid now", async () => {
    const { warnings } = await secureBroker({ clock: new SimulatedClock(0) });
    expect(warnings).toEqual(["the TLS certificate is not valid now; clients will refuse it"]);
  });
});
