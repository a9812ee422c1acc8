import { describeError, maskUrl } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConnectionString } from "./connection-string.js";

describe("parseConnectionString", () => {
  it("reads user, password, address and every option", () => {
    expect(
      parseConnectionString(
        "iggy+tcp://iggy:se cret@127.0.0.1:8090?tls=true&tls_domain=localhost&tls_ca_file=/ca.pem&heartbeat_interval=10s&reconnection_retries=5&reconnection_interval=1m 30s&reestablish_after=5s&nodelay=false",
      ),
    ).toEqual({
      host: "127.0.0.1",
      port: 8090,
      credentials: { kind: "password", username: "iggy", password: "se cret" },
      tls: { domain: "localhost", caFile: "/ca.pem" },
      heartbeatMillis: 10_000,
      reconnectMillis: 90_000,
      reconnectMillisMax: 90_000,
      reconnectAttemptsMax: 5,
      noDelay: false,
    });
  });

  it("takes a single part as a token and never gives up by default", () => {
    const settings = parseConnectionString("iggy://abc=@host:1");
    expect(settings.credentials).toEqual({ kind: "token", token: "abc=" });
    expect(settings).toMatchObject({ reconnectAttemptsMax: Number.POSITIVE_INFINITY, heartbeatMillis: 5000 });
    expect(settings.tls).toBeUndefined();
  });

  it.each([
    ["iggy:iggy@host:1", /:\/\//],
    ["http://iggy:iggy@host:1", /scheme/],
    ["iggy+quic://iggy:iggy@host:1", /scheme/],
    ["iggy://host:1", /@/],
    ["iggy://a@b@host:1", /@/],
    ["iggy://a:b:c@host:1", /credentials/],
    ["iggy://:b@host:1", /credentials/],
    ["iggy://a:@host:1", /credentials/],
    ["iggy://a:b@host", /port/],
    ["iggy://a:b@host:0", /port/],
    ["iggy://a:b@host:65536", /port/],
    ["iggy://a:b@[::1]:1", /host:port/],
    ["iggy://a:b@host:1?x=1", /"x" is not known/],
    ["iggy://a:b@host:1?tls", /no value/],
    ["iggy://a:b@host:1?tls=true?tls=true", /more than one/],
    ["iggy://a:b@host:1?heartbeat_interval=soon", /duration/],
    ["iggy://a:b@host:1?reconnection_retries=-1", /whole number/],
    ["iggy://a:b@host:1?tls_domain=x", /need tls=true/],
  ])("refuses %s", (text, message) => {
    expect(() => parseConnectionString(text)).toThrow(
      expect.objectContaining({
        code: "iggy-client.connection-string",
        message: expect.stringMatching(message),
      }),
    );
  });

  it("says what to write in words that survive the masking of logs", () => {
    for (const text of ["iggy://a:b@host", "iggy://host:1"]) {
      let message = "";
      try {
        parseConnectionString(text);
      } catch (error) {
        message = describeError(error);
      }
      expect(message).toMatch(/user:password@host:port or token@host:port/);
      expect(maskUrl(message)).toBe(message);
    }
    expect(() => parseConnectionString("iggy://a:b@host")).toThrow(/"host" has no port; 8090/);
  });

  it("never shows the password", () => {
    for (const text of [
      "iggy://user:hidden@host",
      "http://user:hidden@host:1",
      "iggy://user:hidden@host:1?a=b",
    ]) {
      expect(() => parseConnectionString(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/hidden/) }),
      );
    }
  });

  it("answers any text with settings or a typed error", () => {
    fc.assert(
      fc.property(fc.string(), (tail) => {
        try {
          parseConnectionString(`iggy://${tail}`);
        } catch (error) {
          expect(error).toMatchObject({ code: "iggy-client.connection-string" });
        }
      }),
    );
  });
});
