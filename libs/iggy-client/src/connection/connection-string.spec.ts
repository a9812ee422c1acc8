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
      reestablishMillis: 5000,
      noDelay: false,
    });
  });

  it("reads several addresses, IPv6 in brackets, with one TLS for all", () => {
    const tls = { domain: undefined, caFile: undefined };
    expect(parseConnectionString("iggy+tls://iggy:iggy@a.example:1,[::1]:2,10.0.0.3:3")).toMatchObject({
      host: "a.example",
      port: 1,
      tls,
      otherAddresses: [
        { host: "::1", port: 2, tls },
        { host: "10.0.0.3", port: 3, tls },
      ],
    });
    expect(parseConnectionString("iggy://iggy:iggy@[::1]:2")).toMatchObject({ host: "::1", port: 2 });
  });

  it("decodes percent signs in credentials and options", () => {
    const settings = parseConnectionString(
      "iggy://j%C3%B6rg:p%40ss%3Aw%25rd%3F@h:1?tls=true&tls_ca_file=/my%20ca.pem",
    );
    expect(settings.credentials).toEqual({ kind: "password", username: "jörg", password: "p@ss:w%rd?" });
    expect(settings.tls?.caFile).toBe("/my ca.pem");
  });

  it("reads any user, password and token, once encoded", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(text, text, (username, password) => {
        const encoded = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        const { credentials } = parseConnectionString(`iggy://${encoded}@host:1`);
        expect(credentials).toEqual({ kind: "password", username, password });
      }),
    );
  });

  it("reads the options that are not of the Rust SDK", () => {
    expect(
      parseConnectionString(
        "iggy://a:b@h:1?dial_timeout=3s&request_timeout=2m&follow_leader=false&reconnection_interval_max=1m&reconnection_interval=0",
      ),
    ).toMatchObject({
      dialTimeoutMillis: 3000,
      requestTimeoutMillis: 120_000,
      followLeader: false,
      reconnectMillisMax: 60_000,
      reconnectMillis: 10,
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
    ["iggy+quic://iggy:iggy@host:1", /transport "quic" is not supported, TCP .* and TLS/],
    ["iggy://host:1", /@/],
    ["iggy://a@b@host:1", /@/],
    ["iggy://a:b:c@host:1", /credentials/],
    ["iggy://:b@host:1", /credentials/],
    ["iggy://a:@host:1", /credentials/],
    ["iggy://a:b@host", /port/],
    ["iggy://a:b@host:0", /port/],
    ["iggy://a:b@host:65536", /port/],
    ["iggy://a:b@::1:1", /brackets/],
    ["iggy://a:b@[::g]:1", /no IPv6 address/],
    ["iggy://a:b@host:1,", /host:port/],
    ["iggy://a:b@host:1,other", /"other" has no port/],
    ["iggy://a%:b@host:1", /user name has a %/],
    ["iggy://a:b@host:1?tls=yes", /neither true nor false/],
    ["iggy+tls://a:b@host:1?tls=false", /contradicts/],
    ["iggy://a:b@host:1?tls=true&tls=true", /given twice/],
    ["iggy://a:b@host:1?request_timeout=0", /no time/],
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

  it("never shows what stands in the place of the credentials, whatever is wrong elsewhere", () => {
    const secret = "Zq7secretZq7";
    const login = fc.constantFrom(
      `u:${secret}`,
      secret,
      `${secret}:`,
      `:${secret}`,
      `u:${secret}:x`,
      `u:%${secret}`,
    );
    fc.assert(
      fc.property(
        fc.constantFrom("iggy", "http", "iggy+ws", ""),
        login,
        fc.string(),
        (scheme, shown, tail) => {
          for (const text of [
            `${scheme}://${shown}@${tail}`,
            `${scheme}:${shown}@${tail}`,
            `iggy://h:1@u:${secret}`,
          ]) {
            try {
              parseConnectionString(text);
            } catch (error) {
              expect(describeError(error)).not.toContain(secret);
            }
          }
        },
      ),
    );
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
