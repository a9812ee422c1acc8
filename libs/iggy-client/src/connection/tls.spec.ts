import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from "../spec-support/localhost-certificate.js";
import { advanceUntil, ScriptedPeer, seededRandom } from "../spec-support/scripted-peer.js";

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

/** The error of a connect that must fail, after its time is over. */
async function failure(options: string): Promise<unknown> {
  let outcome: unknown;
  connect(options).then(
    () => {
      outcome = "connected";
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  await advanceUntil(clock, () => outcome !== undefined);
  return outcome;
}

describe("TLS", () => {
  it("connects when the authority and the name are right", async () => {
    const client = await connect(`tls=true&tls_domain=localhost&tls_ca_file=${caFile}`);
    await client.ping();
    await client.close();
  });

  it("refuses a certificate of an unknown authority or another name", async () => {
    for (const options of [
      "tls=true&tls_domain=localhost",
      `tls=true&tls_domain=elsewhere&tls_ca_file=${caFile}`,
    ]) {
      expect(await failure(options)).toMatchObject({ code: "iggy-client.connect-timeout" });
    }
  });

  it("says at once when the file of authorities cannot be read", async () => {
    await expect(connect(`tls=true&tls_ca_file=${join(folder, "absent.pem")}`)).rejects.toMatchObject({
      code: "iggy-client.tls-file",
    });
  });
});
