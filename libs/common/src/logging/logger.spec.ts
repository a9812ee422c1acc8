import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.js";
import { maskJsonLine, maskUrl } from "./mask-secrets.js";

function capture() {
  const lines: string[] = [];
  return { lines, destination: { write: (line: string) => void lines.push(line) } };
}

describe("createLogger", () => {
  it("writes one line of JSON with name, level, fields and message", () => {
    const { lines, destination } = capture();
    createLogger({ name: "binancespot", level: "info", destination }).info({ symbolCount: 3 }, "ready");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      name: "binancespot",
      level: 30,
      symbolCount: 3,
      msg: "ready",
    });
  });

  it("leaves out what is below its level", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: "x", level: "warn", destination });
    logger.info("quiet");
    logger.warn("heard");
    expect(lines).toHaveLength(1);
  });

  it("shows no secret wherever it stands", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: "x", level: "trace", destination });
    const url = "iggy://admin:SECRET@localhost:8090/path";
    const error = new Error(`connecting to ${url} failed`, { cause: new Error(`refused by ${url}`) });
    logger.info({
      url,
      password: "SECRET",
      nested: { token: { value: "SECRET" }, deeper: { apiKey: ["SECRET"] } },
    });
    logger.info({ a: { b: { c: { d: { accessToken: "SECRET", IMS_PASSWORD: 'a"SECRET' } } } } });
    logger.info({ password: 12345678, deep: { x: { y: { z: { secret: 12345678 } } } } });
    logger.error({ err: error }, `lost ${url}`);
    logger.error(error);
    logger.child({ token: "SECRET", url }).info("child %s", url);
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).not.toMatch(/SECRET|12345678/);
      expect(line).toContain("***");
      expect(() => JSON.parse(line)).not.toThrow();
    }
    expect(lines[3]).toContain("iggy://***@localhost:8090/path");
  });

  it("masks pretty lines as well", () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: "x", level: "info", pretty: true, destination });
    logger.info({ url: "iggy://a:SECRET@h", password: "SECRET" }, "ready");
    const text = lines.join("");
    expect(text).toContain("ready");
    expect(text).toContain("iggy://***@h");
    expect(text).not.toContain("SECRET");
  });
});

describe("masking", () => {
  it.each([
    ["iggy://a:b@h:1/x", "iggy://***@h:1/x"],
    ["iggy://a:p@ss@h", "iggy://***@h"],
    ["from ws://token@h1 to http://h2/?mail=a@b", "from ws://***@h1 to http://h2/?mail=a@b"],
    ["iggy://localhost:8090", "iggy://localhost:8090"],
    ["mail a@b", "mail a@b"],
  ])("masks %s", (text, masked) => {
    expect(maskUrl(text)).toBe(masked);
  });

  it("keeps what merely resembles a secret's name, and the line's form", () => {
    const line = JSON.stringify({
      tokenCount: 5,
      tokens: [1],
      text: 'the "password": x',
      password: 'a\\"b',
      n: 1,
    });
    expect(JSON.parse(maskJsonLine(line))).toEqual({
      tokenCount: 5,
      tokens: [1],
      text: 'the "password": x',
      password: "***",
      n: 1,
    });
  });

  it("takes linear time on hostile lines", () => {
    const line = `{"msg":"${"://".repeat(50_000)}${'\\"token\\":'.repeat(20_000)}"}`;
    expect(maskJsonLine(line)).toBe(line);
  });
});
