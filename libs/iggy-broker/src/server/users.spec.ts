import { SimulatedClock } from "@ims/common";
import { COMMANDS, globalPermissions, Operation, readReply, streamPermissions } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { Broker } from "../broker-options.js";
import {
  ALICE,
  createAlice,
  only,
  password,
  RunningBrokers,
  refusal,
} from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

describe("a user", () => {
  it("that is deleted keeps its connection without any right, also when its id is given again", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    const id = await createAlice(admin, only(globalPermissions("manageStreams")));
    const client = await running.login(broker, ALICE);
    await admin.call(COMMANDS.deleteUser, { user: "alice" });
    expect(await createAlice(admin, only(globalPermissions("manageStreams")))).toBe(id);
    expect(await refusal(client.call(COMMANDS.getStreams, undefined))).toBe("status 41");
    expect(await refusal(client.call(COMMANDS.getMe, undefined))).toBe("status 41");
    expect(await refusal(client.call(COMMANDS.createStream, { name: "x", options: [] }))).toBe("result 41");
    expect(await refusal(client.call(COMMANDS.createToken, { name: "t", lifetimeMicros: null }))).toBe(
      "result 41",
    );
    expect(await refusal(client.call(COMMANDS.ping, undefined))).toBe("ok");
  });

  it("root cannot be deleted or restricted; renamed and with a new password it stays root after a restart", async () => {
    const fileSystem = new MemoryFileSystem();
    const broker = await running.start({ fileSystem });
    const admin = await running.login(broker);
    expect(await refusal(admin.call(COMMANDS.deleteUser, { user: 0 }))).toBe("result 48");
    expect(await refusal(admin.call(COMMANDS.updatePermissions, { user: 0, permissions: null }))).toBe(
      "result 49",
    );
    await admin.call(COMMANDS.updateUser, { user: 0, username: "boss", status: null, options: [] });
    const change = { user: 0, currentPassword: "iggy", newPassword: "changed" };
    await admin.call(COMMANDS.changePassword, change);
    await broker.close();
    const warnings: string[] = [];
    const silent = () => undefined;
    const again = await running.start({
      fileSystem,
      logger: {
        debug: silent,
        info: silent,
        error: silent,
        warn: (_context, message) => warnings.push(message),
      },
    });
    expect(await refusal(running.login(again))).toBe("evicted 9");
    const boss = await running.login(again, password("boss", "changed"));
    expect(await boss.call(COMMANDS.getMe, undefined)).toMatchObject({ userId: 0 });
    expect(await refusal(boss.call(COMMANDS.createStream, { name: "x", options: [] }))).toBe("ok");
    expect(warnings).toContainEqual(expect.stringContaining("its own root user"));
  });

  it("survives a restart with status, permissions, password and tokens", async () => {
    const fileSystem = new MemoryFileSystem();
    const broker = await running.start({ fileSystem });
    const admin = await running.login(broker);
    const permissions = only(globalPermissions("pollMessages"), streamPermissions(3, ["readStream"]));
    await createAlice(admin, permissions);
    const client = await running.login(broker, ALICE);
    const { token } = await client.call(COMMANDS.createToken, { name: "t", lifetimeMicros: null });
    const before = await admin.call(COMMANDS.getUser, { user: "alice" });
    await broker.close();
    const again = await running.start({ fileSystem });
    expect(await (await running.login(again)).call(COMMANDS.getUser, { user: "alice" })).toEqual(before);
    await running.login(again, ALICE);
    const byToken = await running.login(again, { kind: "token", token });
    expect(await byToken.call(COMMANDS.getMe, undefined)).toMatchObject({ userId: before!.id });
  });

  it("logs in on a connection that has a session without becoming another one", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createAlice(admin);
    const { session } = admin;
    expect((await admin.logIn(ALICE)).kind).toBe("success");
    expect(admin.session).toBe(session);
    expect(await refusal(admin.call(COMMANDS.getStreams, undefined))).toBe("ok");
  });

  it("cannot take over the client id of another user's session", async () => {
    const broker = await running.start();
    const admin = await running.login(broker, undefined, 7n);
    await createAlice(admin);
    expect(await refusal(running.login(broker, ALICE, 7n))).toBe("evicted 12");
    expect(await refusal(admin.call(COMMANDS.getStreams, undefined))).toBe("ok");
  });

  it("is refused options, and names outside 3 to 50 bytes", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    const user = { username: "ab", password: "secret", status: "active", permissions: null } as const;
    const body = COMMANDS.createUser.codec.encodeRequestUnchecked({ ...user, options: [] });
    expect(await admin.ask(Operation.CreateUser, body)).toMatchObject({ kind: "refused", code: 43 });
    const options = [{ key: "x", value: { kind: 3, bytes: Uint8Array.of(1) } }];
    const optionBody = COMMANDS.createUser.codec.encodeRequestUnchecked({
      ...user,
      username: "abc",
      options,
    });
    expect(await admin.ask(Operation.CreateUser, optionBody)).toMatchObject({
      channel: "status",
      code: 4041,
    });
  });
});

describe("a password", () => {
  it("is never in the journal, and neither is a token", async () => {
    const fileSystem = new MemoryFileSystem();
    const broker = await running.start({ fileSystem, username: "rooty", password: "very-secret-root" });
    const admin = await running.login(broker, password("rooty", "very-secret-root"));
    await createAlice(admin);
    const { token } = await admin.call(COMMANDS.createToken, { name: "t", lifetimeMicros: null });
    await broker.close();
    const names = await fileSystem.list("/broker/metadata");
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const text = Buffer.from((await fileSystem.readFile(`/broker/metadata/${name}`))!).toString("latin1");
      if (name !== "synced") expect(text).toContain("scrypt$");
      for (const secret of ["very-secret-root", '"secret"', token]) expect(text).not.toContain(secret);
    }
  });

  it("of another user is changed by whoever manages users and knows it", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createAlice(admin, only(globalPermissions("readUsers")));
    const client = await running.login(broker, ALICE);
    const change = { user: 0, currentPassword: "iggy", newPassword: "mine-now" };
    expect(await refusal(client.call(COMMANDS.changePassword, change))).toBe("result 41");
    const wrong = { user: "alice", currentPassword: "guess", newPassword: "other" };
    expect(await refusal(admin.call(COMMANDS.changePassword, wrong))).toBe("result 42");
    const right = { ...wrong, currentPassword: "secret" };
    expect(await refusal(admin.call(COMMANDS.changePassword, right))).toBe("ok");
    expect(await refusal(running.login(broker, ALICE))).toBe("evicted 9");
    expect(await refusal(running.login(broker, password("alice", "other")))).toBe("ok");
  });

  it("check in great numbers is put off with 58, and the connection goes on", async () => {
    const broker = await running.start({ passwordChecksMax: 1, passwordCost: { log2N: 12 } });
    const peers = await Promise.all(Array.from({ length: 8 }, () => running.connect(broker)));
    const outcomes = await Promise.all(peers.map((peer) => peer.logIn(password("iggy", "wrong"))));
    const texts = outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.code : outcome.kind));
    expect(new Set(texts)).toEqual(new Set(["evicted", 58]));
    expect((await peers[0]!.logIn(password("iggy", "iggy"))).kind).toBe("success");
  });
});

describe("a personal access token", () => {
  async function withToken(broker: Broker, lifetimeMicros: bigint | null) {
    const admin = await running.login(broker);
    const { token } = await admin.call(COMMANDS.createToken, { name: "t", lifetimeMicros });
    return { admin, credentials: { kind: "token", token } as const };
  }

  it("logs in until it is deleted", async () => {
    const broker = await running.start();
    const { admin, credentials } = await withToken(broker, null);
    await running.login(broker, credentials);
    await admin.call(COMMANDS.deleteToken, { name: "t" });
    expect(await refusal(running.login(broker, credentials))).toBe("evicted 10");
  });

  it("logs in until its time is over; a minute later it is no longer listed", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock });
    const { admin, credentials } = await withToken(broker, 5_000_000n);
    await clock.advance(4_999);
    await running.login(broker, credentials);
    await clock.advance(1);
    expect(await refusal(running.login(broker, credentials))).toBe("evicted 10");
    expect(await admin.call(COMMANDS.getTokens, undefined)).toHaveLength(1);
    await clock.advance(60_000);
    while ((await admin.call(COMMANDS.getTokens, undefined)).length > 0);
  });

  it("of an inactive or deleted user is worth nothing", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    await createAlice(admin);
    const client = await running.login(broker, ALICE);
    const { token } = await client.call(COMMANDS.createToken, { name: "t", lifetimeMicros: null });
    const update = { user: "alice", username: null, status: "inactive", options: [] } as const;
    await admin.call(COMMANDS.updateUser, update);
    expect(await refusal(running.login(broker, { kind: "token", token }))).toBe("evicted 11");
    expect(await refusal(running.login(broker, ALICE))).toBe("evicted 9");
    await admin.call(COMMANDS.deleteUser, { user: "alice" });
    expect(await refusal(running.login(broker, { kind: "token", token }))).toBe("evicted 10");
  });

  it("is shown once: the same request again is answered 51", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    const body = COMMANDS.createToken.codec.encodeRequest({ name: "t", lifetimeMicros: null });
    expect(await admin.ask(Operation.CreatePersonalAccessToken, body, { request: 5 })).toMatchObject({
      kind: "success",
    });
    admin.write(Operation.CreatePersonalAccessToken, body, { request: 5 });
    expect(readReply(await admin.next())).toMatchObject({ kind: "refused", channel: "result", code: 51 });
  });

  it("is one of a hundred at most, and none for longer than time is counted", async () => {
    const broker = await running.start();
    const admin = await running.login(broker);
    for (let index = 0; index < 100; index++) {
      await admin.call(COMMANDS.createToken, { name: `t${index}`, lifetimeMicros: null });
    }
    expect(await refusal(admin.call(COMMANDS.createToken, { name: "t", lifetimeMicros: null }))).toBe(
      "status 52",
    );
    await admin.call(COMMANDS.deleteToken, { name: "t0" });
    const lifetimeMicros = 0xffff_ffff_ffff_fffen;
    expect(await refusal(admin.call(COMMANDS.createToken, { name: "t", lifetimeMicros }))).toBe("result 56");
  });
});

describe("failed logins", () => {
  it("of a user are put off with 58 after some, right ones too, until time has passed; others are not", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock, loginFailureBurst: 3 });
    await createAlice(await running.login(broker));
    const peer = await running.connect(broker);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await peer.logIn(password("iggy", "wrong"))).kind).toBe("evicted");
    }
    const putOff = { kind: "refused", channel: "result", code: 58 };
    expect(await peer.logIn(password("iggy", "iggy"))).toMatchObject(putOff);
    await running.login(broker, ALICE);
    await clock.advance(500);
    expect((await peer.logIn(password("iggy", "iggy"))).kind).toBe("success");
  });
});
