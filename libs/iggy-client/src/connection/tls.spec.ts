import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from "@ims/spec-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import { ScriptedPeer, seededRandom, until } from "../spec-support/scripted-peer.js";

let folder: string;
let caFile: string;
let peer: ScriptedPeer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "iggy-tls-"));
  caFile = join(folder, "ca.pem");
  await writeFile(caFile, LOCALHOST_CERTIFICATE);
  peer = await ScriptedPeer.start(undefined, { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE });
});

afterAll(async () => {
  await peer.close();
  await rm(folder, { recursive: true });
});

const clock = new SimulatedClock();
afterEach(() => expect(clock.pendingTimerCount).toBe(0));

const connect = (options: string) =>
  IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${peer.port}?heartbeat_interval=0&${options}`, {
    clock,
    random: seededRandom(),
    connectTimeoutMillis: 2000,
  });

describe("TLS", () => {
  it("connects when the authority and the name are right", async () => {
    const client = await connect(`tls=true&tls_domain=localhost&tls_ca_file=${caFile}`);
    await client.ping();
    await client.close();
  });

  it.each([
    ["an unknown authority", "tls=true&tls_domain=localhost", /as "localhost" failed: .*self.signed/],
    ["another name", "tls=true&tls_domain=elsewhere&tls_ca_file=CA", /as "elsewhere" failed: .*localhost/],
    ["no name but the address", "tls=true&tls_ca_file=CA", /as "127.0.0.1" failed: .*127.0.0.1/],
  ])("refuses a certificate of %s, with host and reason", async (_, options, message) => {
    const error: unknown = await connect(options.replace("CA", caFile)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "iggy-client.tls-refused",
      message: expect.stringMatching(message),
    });
    expect((error as Error).message).toContain(`127.0.0.1:${peer.port}`);
  });

  it("says so when the server speaks no TLS", async () => {
    const plain = await ScriptedPeer.start();
    plain.script = () => true;
    const url = `iggy+tls://iggy:iggy@127.0.0.1:${plain.port}`;
    // A plain server waits for the rest of what it takes for a frame.
    const connecting = IggyClient.connect(url, { clock, random: seededRandom(), connectTimeoutMillis: 3000 });
    connecting.catch(() => {});
    await until(() => plain.connections.length === 1);
    plain.connections[0]!.write(new TextEncoder().encode("this is no handshake"));
    await expect(connecting).rejects.toMatchObject({ code: "iggy-client.tls-refused" });
    await plain.close();
  });

  it("tries the next address when a certificate is refused", async () => {
    const other = await ScriptedPeer.start(undefined, { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE });
    // The certificate is for localhost: by its address, the first server has the wrong name.
    const hosts = `127.0.0.1:${peer.port},localhost:${other.port}`;
    const client = await IggyClient.connect(`iggy+tls://iggy:iggy@${hosts}?tls_ca_file=${caFile}`, {
      clock,
      random: seededRandom(),
    });
    expect(other.named("session.login").length).toBe(1);
    await client.close();
    await other.close();
  });

  it("says at once when the file of authorities holds no certificate", async () => {
    const empty = join(folder, "empty.pem");
    await writeFile(empty, "nothing");
    await expect(connect(`tls=true&tls_ca_file=${empty}`)).rejects.toMatchObject({
      code: "iggy-client.tls-file",
      message: expect.stringMatching(/no certificate in PEM form/),
    });
  });

  it("says at once when the file of authorities cannot be read", async () => {
    await expect(connect(`tls=true&tls_ca_file=${join(folder, "absent.pem")}`)).rejects.toMatchObject({
      code: "iggy-client.tls-file",
    });
  });
});
