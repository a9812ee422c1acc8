import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { type HealthReport, isImsError } from "@ims/common";
import { startBroker } from "@ims/iggy-broker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, ServiceFixture } from "../spec-support/service-fixture.js";
import { isLoopback } from "./broker-address.js";

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
});
afterEach(() => fixture.dispose());

async function isEmbedded(healthUrl: string): Promise<boolean> {
  return ((await (await fetch(healthUrl)).json()) as HealthReport).broker.embedded;
}

describe("where a service finds its broker", () => {
  it("auto starts one when nothing answers, and keeps its data in the service's folder", async () => {
    fixture.port = await freePort();
    const service = await fixture.startService({ brokerMode: "auto" });
    await service.ready;
    expect(await isEmbedded(service.healthUrl)).toBe(true);
    const client = await fixture.connect(100);
    await client.login();
    await client.close();
    await service.close();
    // Its port and its folder are free again.
    const again = await startBroker({ port: fixture.port, dataDir: `${fixture.folder.path}/broker` });
    await again.close();
  });

  it("auto uses the one that answers", async () => {
    await fixture.startBroker();
    const service = await fixture.startService({ brokerMode: "auto" });
    await service.ready;
    expect(await isEmbedded(service.healthUrl)).toBe(false);
  });

  it("auto uses the winner of a race for the port", async () => {
    fixture.port = await freePort();
    const service = await fixture.startService({ brokerMode: "auto" }, async (options) => {
      // Somebody was faster between the probe and the start.
      await fixture.startBroker();
      return startBroker(options);
    });
    await service.ready;
    expect(await isEmbedded(service.healthUrl)).toBe(false);
  });

  it("auto uses the broker that answers at any of several addresses", async () => {
    const dead = await freePort();
    await fixture.startBroker();
    const service = await fixture.startService({
      brokerMode: "auto",
      iggyUrl: `iggy://iggy:iggy@127.0.0.1:${dead},127.0.0.1:${fixture.port}`,
    });
    await service.ready;
    expect(await isEmbedded(service.healthUrl)).toBe(false);
  });

  it("auto starts none for an address with TLS, and waits for the one that is meant", async () => {
    const port = await freePort();
    await fixture.startService({
      brokerMode: "auto",
      iggyUrl: `iggy+tls://iggy:iggy@127.0.0.1:${port}`,
    });
    expect(fixture.log.lines).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining("TLS certificate") }),
    );
  });

  it("embedded refuses an address with TLS", async () => {
    const iggyUrl = "iggy+tls://iggy:iggy@localhost:8090";
    await expect(fixture.startService({ brokerMode: "embedded", iggyUrl })).rejects.toMatchObject({
      code: "service.broker-without-certificate",
    });
  });

  it("embedded refuses an address of another machine", async () => {
    await expect(
      fixture.startService({ brokerMode: "embedded", iggyUrl: "iggy://iggy:iggy@192.0.2.1:8090" }),
    ).rejects.toMatchObject({
      code: "service.broker-not-local",
      message: expect.not.stringContaining("iggy:iggy"),
    });
  });

  it("embedded reports a taken port", async () => {
    await fixture.startBroker();
    await expect(fixture.startService({ brokerMode: "embedded" })).rejects.toMatchObject({
      code: "broker.address-in-use",
    });
  });

  it("reports a data folder that cannot be written, and leaves nothing running", async () => {
    fixture.port = await freePort();
    const file = `${fixture.folder.path}/file`;
    writeFileSync(file, "");
    await expect(fixture.startService({ brokerMode: "auto", dataDir: file })).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
    expect(fixture.venue.isShutDown).toBe(true);
  });

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0)("reports a folder without permission", async () => {
    fixture.port = await freePort();
    const folder = `${fixture.folder.path}/closed`;
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    await expect(fixture.startService({ brokerMode: "auto", dataDir: folder })).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
  });

  it("says so when the port is taken by something that is no Iggy server", async () => {
    const other = createServer((socket) => {
      socket.on("error", () => {}).resume();
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await listen(other);
    fixture.port = (other.address() as AddressInfo).port;
    const service = await fixture.startService({ brokerMode: "auto" }, startBroker, {
      firstSessionMillis: 300,
    });
    const error: unknown = await service.ready.catch((reason: unknown) => reason);
    expect(isImsError(error, "service.broker-not-iggy")).toBe(true);
    expect(await service.closed).toBe(error);
    await new Promise((resolve) => other.close(resolve));
  });

  it("external waits for a broker that is down at the start", async () => {
    fixture.port = await freePort();
    const service = await fixture.startService();
    expect((await fetch(service.healthUrl)).status).toBe(503);
    await fixture.startBroker();
    await service.ready;
    expect((await fetch(service.healthUrl)).status).toBe(200);
  });

  it("can be closed while it waits", async () => {
    fixture.port = await freePort();
    const service = await fixture.startService();
    await service.close();
    await expect(service.ready).rejects.toMatchObject({ code: "service.stopped" });
    expect(await service.closed).toBeUndefined();
  });

  it("refused credentials end the service with the reason", async () => {
    await fixture.startBroker();
    const service = await fixture.startService({ iggyUrl: `iggy://iggy:wrong1@127.0.0.1:${fixture.port}` });
    await expect(service.ready).rejects.toMatchObject({ code: "iggy-client.login-refused" });
    expect(await service.closed).toMatchObject({ code: "iggy-client.login-refused" });
  });
});

describe("isLoopback", () => {
  it.each([
    ["localhost", true],
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["::1", true],
    ["127.0.0.1.example.com", false],
    ["10.0.0.1", false],
  ])("%s: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}
