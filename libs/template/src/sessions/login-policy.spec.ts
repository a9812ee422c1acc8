import { ClientErrorCode } from "@ims/common";
import { describe, expect, it } from "vitest";
import type { LoginRequest } from "../control/control-request.js";
import { createLoginPolicy } from "./login-policy.js";

function login(accessToken: string, generation: 1 | 2 = 2): LoginRequest {
  return {
    kind: "login",
    generation,
    templateId: 110,
    clientId: 100,
    exchangeId: 4,
    sessionId: 0n,
    requestId: 1n,
    sentMicros: 0n,
    accessToken,
    clientName: "",
    clientVersion: "",
  };
}

describe("createLoginPolicy", () => {
  it("admits anyone in LOCAL and CI without a token, nobody in CLUSTER", () => {
    expect(createLoginPolicy("LOCAL", undefined).refusal(login(""))).toBeUndefined();
    expect(createLoginPolicy("CI", undefined).refusal(login("", 1))).toBeUndefined();
    expect(createLoginPolicy("CLUSTER", undefined).refusal(login(""))).toMatchObject({
      code: ClientErrorCode.NotAuthorized,
    });
  });

  it.each(["LOCAL", "CLUSTER"] as const)("asks for the configured token in %s", (environment) => {
    const policy = createLoginPolicy(environment, "open sesame");
    expect(policy.refusal(login("open sesame"))).toBeUndefined();
    for (const wrong of [login(""), login("open sesame!"), login("open sesame", 1)]) {
      expect(policy.refusal(wrong)).toMatchObject({ code: ClientErrorCode.NotAuthorized });
    }
    expect(policy.description).not.toContain("sesame");
  });
});
