import { afterEach, describe, expect, it } from "vitest";
import { SigningStage, type Stored } from "./signing-stage.js";

const PARTITIONS = 2;
/** Of the root in the record of a batch. */
const ROOT_AT = 18;

let stage: SigningStage;
afterEach(() => stage.end());

/** Every message of the source once, in its order. */
async function expectWhole(): Promise<void> {
  for (const [partitionId, sent] of stage.sent.entries()) {
    expect(await stage.copies(partitionId)).toEqual(sent);
  }
}

function changed(message: Stored, at = message.payload.length - 1): Stored {
  const payload = Buffer.from(message.payload);
  payload[at]! ^= 1;
  return { ...message, payload };
}

describe("a stream with a signature for each message", () => {
  it("is whole behind switches of the backend under load and kill -9, and verifies", {
    timeout: 180_000,
  }, async () => {
    stage = await SigningStage.start(PARTITIONS, "schnorr");
    let service = await stage.service();
    await stage.send(100);
    const caller = await stage.caller(service);
    for (const backend of ["WASM", "JS", "NATIVE"] as const) {
      const before = await stage.storedCount();
      await stage.send(60);
      expect((await caller.switchBackend(backend)).backend).toBe(backend);
      await stage.send(60);
      await stage.until(async () => (await stage.storedCount()) > before);
    }
    expect(await caller.status()).toMatchObject({ backend: "NATIVE", switches: "3" });
    const status = await (await fetch(`${await stage.health(service)}/status`)).json();
    expect(status).toMatchObject({ details: { backend: "native", mode: "message", switches: 3 } });
    const metrics = await (await fetch(`${await stage.health(service)}/metrics`)).text();
    expect(metrics).toContain('ims_signing_backend{backend="native"} 1');
    expect(metrics).toContain("ims_signing_backend_switches_total 3");
    caller.close();
    for (let round = 0; round < 3; round++) {
      const before = await stage.storedCount();
      await stage.send(150);
      await stage.until(async () => (await stage.storedCount()) > before + 20 * round);
      await stage.endService(service, "SIGKILL");
      service = await stage.service();
    }
    await stage.until(async () => (await stage.storedCount()) >= stage.sentCount);
    await expectWhole();
    const { code, verdicts } = await stage.verify("signed");
    expect(verdicts.map(({ ok, messages }) => ({ ok, messages }))).toEqual(
      stage.sent.map(({ length }) => ({ ok: true, messages: length })),
    );
    expect(code).toBe(0);
    expect(await stage.endService(service, "SIGTERM")).toBe(0);
    expect(service.output + service.errors).not.toContain((await stage.keyText()).trim());
  });

  it("names the first message that was changed, taken out, doubled or put in", {
    timeout: 180_000,
  }, async () => {
    stage = await SigningStage.start(1, "ecdsa");
    await stage.service();
    await stage.send(50);
    await stage.until(async () => (await stage.storedCount()) >= 50);
    const stored = await stage.stored(0);
    const forgeries: Readonly<Record<string, readonly Stored[]>> = {
      changed: stored.with(17, changed(stored[17]!)),
      "taken-out": stored.toSpliced(20, 1),
      doubled: stored.toSpliced(31, 0, { ...stored[12]!, id: 99n }),
      "put-in": stored.toSpliced(9, 0, { id: 99n, payload: Buffer.from("0:9"), headers: [] }),
      beheaded: stored.slice(1),
    };
    for (const [topic, messages] of Object.entries(forgeries)) await stage.forge(topic, messages);
    const found = new Map<string, unknown>();
    for (const topic of Object.keys(forgeries)) {
      const { code, verdicts } = await stage.verify("forged", "--topic", topic);
      found.set(topic, { code, offset: verdicts[0]!.fault?.offset, reason: verdicts[0]!.fault?.reason });
    }
    expect(Object.fromEntries(found)).toEqual({
      changed: { code: 1, offset: 17, reason: "signature" },
      "taken-out": { code: 1, offset: 20, reason: "missing" },
      doubled: { code: 1, offset: 31, reason: "order" },
      "put-in": { code: 1, offset: 9, reason: "unsigned" },
      beheaded: { code: 1, offset: 0, reason: "missing" },
    });
    const { code } = await stage.verify("signed", "--from", "10");
    expect(code).toBe(0);
    const other = await stage.ims("verify", "signed", "--url", stage.url, "--public-key", "11".repeat(32));
    expect(other.output).toContain("not trusted");
    expect(other.code).toBe(1);
  });

  it("is checked against what lies on the disk", { timeout: 180_000 }, async () => {
    stage = await SigningStage.start(1, "ecdsa");
    const service = await stage.service();
    await stage.send(40);
    await stage.until(async () => (await stage.storedCount()) >= 40);
    await stage.endService(service, "SIGTERM");
    await stage.damage("0:23");
    const { code, verdicts } = await stage.verify("signed");
    expect(verdicts[0]).toMatchObject({ messages: 23, fault: { offset: 23, reason: "unreadable" } });
    expect(code).toBe(1);
  });

  it("is shared by two instances, which hand partitions over", { timeout: 180_000 }, async () => {
    stage = await SigningStage.start(PARTITIONS, "ed25519");
    const first = await stage.service();
    await stage.send(100);
    const second = await stage.service();
    await stage.send(100);
    await stage.until(async () => {
      const tasks = await Promise.all(
        [first, second].map(async (child) => {
          const report = (await (await fetch(`${await stage.health(child)}/status`)).json()) as {
            sources: { tasks: unknown[] }[];
          };
          return report.sources[0]?.tasks.length;
        }),
      );
      return tasks.every((count) => count === 1);
    });
    await stage.send(100);
    await stage.endService(first, "SIGTERM");
    await stage.send(100);
    await stage.until(async () => (await stage.storedCount()) >= stage.sentCount);
    await expectWhole();
    expect((await stage.verify("signed")).code).toBe(0);
  });
});

describe("a signing service", () => {
  it("says how to make a key, and ends when it has none or its address is taken", {
    timeout: 180_000,
  }, async () => {
    stage = await SigningStage.start(1, "ecdsa");
    const service = await stage.service({ IMS_SIGN_TOKEN: "token-of-the-service" });
    const without = stage.process({ IMS_SIGN_KEY_FILE: `${stage.keyFile}.absent` });
    expect(await without.exited).toBe(2);
    expect(without.errors).toContain("ims sign-key new FILE");
    const [, port] = await service.printed(/"port":(\d+)/);
    const second = stage.process({ IMS_SIGN_GRPC: `127.0.0.1:${port}` });
    expect(await second.exited).toBe(2);
    expect(second.output).toContain("cannot listen on");
    const caller = await stage.caller(service);
    const unauthenticated = 16;
    await expect(caller.switchBackend("JS")).rejects.toMatchObject({ code: unauthenticated });
    caller.close();
    expect(await stage.endService(service, "SIGTERM")).toBe(0);
    expect(service.output).not.toContain("token-of-the-service");
  });
});

describe("a stream with a signature for each batch", () => {
  it("is whole behind kill -9, and a changed message is named", { timeout: 180_000 }, async () => {
    stage = await SigningStage.start(1, "schnorr");
    const env = { IMS_SIGN_MODE: "batch", IMS_SIGN_BATCH: "64" };
    let service = await stage.service(env);
    for (let round = 0; round < 3; round++) {
      const before = await stage.storedCount();
      for (let part = 0; part < 5; part++) await stage.send(30);
      await stage.until(async () => (await stage.storedCount()) > before + 10);
      await stage.endService(service, "SIGKILL");
      service = await stage.service(env);
    }
    await stage.send(640);
    await stage.until(async () => (await stage.copies(0)).length >= stage.sentCount);
    await expectWhole();
    const whole = await stage.verify("signed");
    expect(whole).toMatchObject({ code: 0, verdicts: [{ ok: true }] });
    const { messages, waiting, batches } = whole.verdicts[0]!;
    expect(messages + waiting).toBe(stage.sentCount);
    expect(batches).toBeGreaterThanOrEqual(10);

    const stored = await stage.stored(0);
    const isRecord = ({ headers }: Stored) => headers.length === 2;
    const records = stored.flatMap((message, offset) => (isRecord(message) ? [offset] : []));
    const inside = records[3]! + 1;
    expect(isRecord(stored[inside]!)).toBe(false);
    const withoutBatch = [...stored.slice(0, records[3]! + 1), ...stored.slice(records[4]! + 1)];
    const firstAfter = withoutBatch.findIndex((message, at) => at > records[3]! && !isRecord(message));
    await stage.forge("changed", stored.with(inside, changed(stored[inside]!)));
    await stage.forge("record", stored.with(records[2]!, changed(stored[records[2]!]!, ROOT_AT)));
    await stage.forge("batch-out", withoutBatch);
    const faultOf = async (topic: string) =>
      (await stage.verify("forged", "--topic", topic)).verdicts[0]!.fault;
    expect(await faultOf("changed")).toMatchObject({ offset: inside, reason: "message" });
    expect(await faultOf("batch-out")).toMatchObject({ offset: firstAfter, reason: "missing" });
    expect(await faultOf("record")).toMatchObject({ offset: records[2], reason: "signature" });
  });
});
