import { ClientErrorCode, DataErrorCode, RefusalKind } from "@ims/common";
import { describe, expect, it } from "vitest";
import type { HeartbeatRequest, LoginRequest, StopAllDataRequest } from "../control/control-request.js";
import { ClientSession } from "./client-session.js";
import { SessionRegistry } from "./session-registry.js";

const limits = {
  heartbeatMillis: 10_000,
  expiryMillis: 30_000,
  version1ExpiryMillis: 3_600_000,
  sessionCountMax: 3,
  requestsPerSecondMax: 10,
};

function registry() {
  let next = 1000n;
  return new SessionRegistry(limits, () => next++);
}

function login(clientId: number, changes: Partial<LoginRequest> = {}): LoginRequest {
  return {
    kind: "login",
    generation: 2,
    templateId: 110,
    clientId,
    exchangeId: 4,
    sessionId: 0n,
    requestId: 1n,
    sentMicros: 5n,
    accessToken: "",
    clientName: "test",
    clientVersion: "1",
    ...changes,
  };
}

function heartbeat(clientId: number, sessionId: bigint): HeartbeatRequest {
  return {
    kind: "heartbeat",
    generation: 2,
    templateId: 112,
    clientId,
    exchangeId: 4,
    sessionId,
    requestId: 2n,
    sentMicros: 6n,
  };
}

function sessionIdOf(outcome: ReturnType<SessionRegistry["login"]>): bigint {
  if (outcome.outcome === "refused") throw new Error(outcome.refusal.text);
  return outcome.session.sessionId;
}

describe("SessionRegistry", () => {
  it("gives a session id and refuses a second program under the same client id", () => {
    const sessions = registry();
    expect(sessionIdOf(sessions.login(login(100), 0))).toBe(1000n);
    const second = sessions.login(login(100, { sentMicros: 6n }), 0);
    expect(second).toMatchObject({
      outcome: "refused",
      refusal: { refusalKind: RefusalKind.Client, code: ClientErrorCode.AlreadyLoggedIn },
    });
    expect(sessions.size).toBe(1);
  });

  it("answers the very same login with the same session", () => {
    const sessions = registry();
    const first = sessions.login(login(100), 0);
    const again = sessions.login(login(100), 1);
    expect(again.outcome).toBe("repeated");
    expect(sessionIdOf(again)).toBe(sessionIdOf(first));
  });

  it("resumes the session whose id the login carries", () => {
    const sessions = registry();
    const id = sessionIdOf(sessions.login(login(100), 0));
    const resumed = sessions.login(login(100, { sessionId: id, requestId: 9n, sentMicros: 99n }), 5);
    expect(resumed.outcome).toBe("resumed");
    expect(sessionIdOf(resumed)).toBe(id);
  });

  it("refuses reserved ids and more sessions than the limit", () => {
    const sessions = registry();
    expect(sessions.login(login(99), 0)).toMatchObject({
      refusal: { code: ClientErrorCode.NotAuthorized },
    });
    for (const id of [100, 101, 102]) sessions.login(login(id), 0);
    expect(sessions.login(login(103), 0)).toMatchObject({
      refusal: { code: ClientErrorCode.LoginError },
    });
  });

  it("tells a client that is not logged in from one with a wrong session id", () => {
    const sessions = registry();
    expect(sessions.authenticate(heartbeat(100, 1n), 0)).toMatchObject({
      refusalKind: RefusalKind.Client,
      code: ClientErrorCode.NotLoggedIn,
    });
    const stopAll: StopAllDataRequest = { ...heartbeat(100, 1n), kind: "stop-all", templateId: 115 };
    expect(sessions.authenticate(stopAll, 0)).toMatchObject({
      refusalKind: RefusalKind.Data,
      code: DataErrorCode.ClientNotLoggedIn,
    });
    const id = sessionIdOf(sessions.login(login(100), 0));
    expect(sessions.authenticate(heartbeat(100, id + 1n), 0)).toMatchObject({
      code: ClientErrorCode.NotAuthorized,
    });
    expect(sessions.authenticate(heartbeat(100, id), 0)).toBeInstanceOf(ClientSession);
  });

  it("does not let a version 1 request reach a version 2 session", () => {
    const sessions = registry();
    sessions.login(login(100), 0);
    const request = { ...heartbeat(100, 0n), generation: 1 as const };
    expect(sessions.authenticate(request, 0)).toMatchObject({ code: ClientErrorCode.NotLoggedIn });
  });

  it("expires silent sessions after exactly the expiry time, and keeps those that were heard", () => {
    const sessions = registry();
    const heard = sessionIdOf(sessions.login(login(100), 0));
    sessions.login(login(101), 0);
    expect(sessions.expired(29_999)).toEqual([]);
    sessions.authenticate(heartbeat(100, heard), 29_999);
    expect(sessions.expired(30_000).map((session) => session.clientId)).toEqual([101]);
    sessions.end(101);
    expect(sessions.get(100)?.sessionId).toBe(heard);
    expect(sessions.login(login(101, { sentMicros: 7n }), 30_000).outcome).toBe("opened");
  });

  it("a wrong session id is no sign of life", () => {
    const sessions = registry();
    sessions.login(login(100), 0);
    sessions.authenticate(heartbeat(100, 5n), 29_000);
    expect(sessions.expired(30_000)).toHaveLength(1);
  });

  it("gives version 1 sessions a time of their own, and everybody full time after an outage", () => {
    const sessions = registry();
    sessions.login(login(100, { generation: 1 }), 0);
    sessions.login(login(101), 0);
    sessions.extendAll(100_000);
    expect(sessions.expired(129_999)).toEqual([]);
    expect(sessions.expired(130_000).map((session) => session.clientId)).toEqual([101]);
    sessions.authenticate({ ...heartbeat(100, 0n), generation: 1 }, 200_000);
    sessions.end(101);
    expect(sessions.expired(3_799_999)).toEqual([]);
    expect(sessions.expired(3_800_000).map((session) => session.clientId)).toEqual([100]);
  });

  it("tells its listener of every session that opens or ends", () => {
    const sessions = registry();
    const told: string[] = [];
    sessions.listener = ({ clientId }, isOpen) => void told.push(`${clientId} ${isOpen}`);
    sessions.login(login(100), 0);
    sessions.login(login(100), 0);
    sessions.login(login(101, { generation: 1 }), 0);
    sessions.authenticate({ ...heartbeat(101, 0n), generation: 1 }, 5);
    sessions.end(100);
    sessions.end(100);
    expect(told).toEqual(["100 true", "101 true", "101 true", "100 false"]);
  });
});

describe("ClientSession", () => {
  it("keeps a bounded number of answers and knows which ids it has forgotten", () => {
    const session = new ClientSession(login(100), 7n, 0);
    const answer = {
      isComplete: true,
      reply: {
        kind: "accepted",
        generation: 2,
        requestType: 112,
        clientId: 100,
        sessionId: 7n,
        requestId: 1n,
        affectedCount: 0,
        restartCount: 0,
      },
      asked: [],
      added: [],
    } as const;
    for (let id = 1n; id <= 1024n; id++) session.remember(id, { ...answer });
    expect(session.answerTo(1n)).toBeDefined();
    expect(session.isForgotten(1n)).toBe(false);
    session.remember(1025n, { ...answer });
    expect(session.answerTo(1n)).toBeUndefined();
    expect(session.isForgotten(1n)).toBe(true);
    expect(session.isForgotten(2n)).toBe(false);
    expect(session.isForgotten(1026n)).toBe(false);
  });

  it("takes a burst of ten seconds' requests, then as many as the rate pays for", () => {
    const session = new ClientSession(login(100), 7n, 0);
    const taken = (nowMillis: number, count: number) =>
      Array.from({ length: count }, () => session.takeRequest(10, nowMillis)).filter(Boolean).length;
    expect(taken(1000, 150)).toBe(100);
    expect(taken(1099, 1)).toBe(0);
    expect(taken(1500, 10)).toBe(5);
    expect(taken(100_000, 150)).toBe(100);
  });
});
