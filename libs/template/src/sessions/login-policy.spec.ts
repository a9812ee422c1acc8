import { createHash } from "node:crypto";
import { ClientErrorCode, DataType, ExchangeId } from "@ims/common";
import { describe, expect, it } from "vitest";
import type { LoginRequest } from "../control/control-request.js";
import type { ClientEntry } from "../settings/client-entries.js";
import type { Environment } from "../settings/service-settings.js";
import { digest, hashToken } from "./access-tokens.js";
import { createLoginPolicy, type LoginPolicyOptions } from "./login-policy.js";

const TOKEN = "a token of more than 16 octets";
const SALT = "0123456789abcdef";

function login(accessToken: string, generation: 1 | 2 = 2, clientId = 100): LoginRequest {
  return {
    kind: "login",
    generation,
    templateId: 110,
    clientId,
    exchangeId: 4,
    sessionId: 0n,
    requestId: 1n,
    sentMicros: 0n,
    accessToken,
    clientName: "",
    clientVersion: "",
  };
}

function policy(environment: Environment, changes: Partial<LoginPolicyOptions> = {}) {
  return createLoginPolicy({
    environment,
    exchange: ExchangeId.BinanceSpot,
    isBrokerLocal: true,
    ...changes,
  });
}

function entry(clientId: number, changes: Partial<ClientEntry> = {}): ClientEntry {
  return {
    clientId,
    token: { salt: SALT, hash: digest(SALT, TOKEN) },
    dataTypes: undefined,
    exchanges: undefined,
    subscriptionsMax: undefined,
    admitsVersion1: false,
    brokerUser: undefined,
    ...changes,
  };
}

const refused = { code: ClientErrorCode.NotAuthorized };

describe("createLoginPolicy without clients", () => {
  it("admits anyone in CI, in LOCAL on loopback, nobody in CLUSTER or on another machine", () => {
    expect(policy("LOCAL").refusal(login(""))).toBeUndefined();
    expect(policy("CI", { isBrokerLocal: false }).refusal(login("", 1))).toBeUndefined();
    for (const closed of [policy("CLUSTER"), policy("LOCAL", { isBrokerLocal: false })]) {
      expect(closed.refusal(login(""))).toMatchObject(refused);
      expect(closed.admitsVersion1).toBe(false);
      expect(closed.grantOf(100, 2)).toBeUndefined();
    }
  });

  it.each(["LOCAL", "CLUSTER"] as const)("asks for the one configured token in %s", (environment) => {
    const one = policy(environment, { accessToken: "open sesame" });
    expect(one.refusal(login("open sesame"))).toBeUndefined();
    for (const wrong of [login(""), login("open sesame!"), login("open sesame", 1)]) {
      expect(one.refusal(wrong)).toMatchObject(refused);
    }
    expect(one.description).not.toContain("sesame");
    expect(one.grantOf(100, 1)).toBeUndefined();
  });
});

describe("createLoginPolicy with clients", () => {
  const clients = [
    entry(100, { dataTypes: new Set([DataType.Trade]), subscriptionsMax: 5 }),
    entry(101, { exchanges: new Set([ExchangeId.Deribit]) }),
    entry(102, { token: undefined, admitsVersion1: true }),
  ];
  const configured = policy("LOCAL", { clients, accessToken: TOKEN });

  it("admits each under its own id with its own token", () => {
    expect(configured.refusal(login(TOKEN))).toBeUndefined();
    expect(configured.grantOf(100, 2)).toMatchObject({
      dataTypes: new Set([DataType.Trade]),
      subscriptionsMax: 5,
    });
    for (const wrong of [login(""), login(`${TOKEN} `), login(TOKEN, 1), login(TOKEN, 2, 102)]) {
      expect(configured.refusal(wrong)).toMatchObject(refused);
    }
    expect(configured.refusal(login(TOKEN, 2, 101))).toMatchObject({
      ...refused,
      text: expect.stringContaining("binancespot"),
    });
    expect(configured.grantOf(101, 2)).toBeUndefined();
  });

  it("tells nobody which ids there are", () => {
    const text = (clientId: number) =>
      configured.refusal(login("wrong", 2, clientId))?.text.replace(/\d+/, "N");
    expect(text(999)).toBe(text(100));
  });

  it("admits version 1 under the ids that are meant for it alone", () => {
    expect(configured.admitsVersion1).toBe(true);
    expect(configured.refusal(login("", 1, 102))).toBeUndefined();
    expect(configured.grantOf(102, 1)).toBeDefined();
    expect(configured.grantOf(102, 2)).toBeUndefined();
  });

  it("never takes a token that is too short, even the right one", () => {
    const short = entry(100, { token: { salt: SALT, hash: digest(SALT, "short") } });
    expect(policy("CI", { clients: [short] }).refusal(login("short"))).toMatchObject(refused);
  });

  it("tells credentials apart by a fingerprint, and says nothing of them", () => {
    const rotated = policy("LOCAL", {
      clients: [entry(100, { token: { salt: SALT, hash: digest(SALT, "x") } })],
    });
    expect(rotated.grantOf(100, 2)!.fingerprint).not.toBe(configured.grantOf(100, 2)!.fingerprint);
    expect(policy("LOCAL", { clients }).grantOf(100, 2)).toEqual(configured.grantOf(100, 2));
    expect(configured.description).toMatch(/^3 configured clients/);
  });
});

describe("hashToken", () => {
  it("is SHA-256 over salt and token, as sha256sum makes it", () => {
    const expected = createHash("sha256")
      .update(SALT + TOKEN)
      .digest("hex");
    expect(hashToken(TOKEN, SALT)).toBe(`sha256:${SALT}:${expected}`);
  });
});
