import { describe, expect, it } from "vitest";
import { COMMON_ERRORS } from "./common-errors.js";
import { describeError, type ErrorTable, errorFactory, ImsError, isImsError } from "./ims-error.js";

const TABLE = {
  "disk.full": { summary: "No room", action: "Free some space", retryable: true },
} as const satisfies ErrorTable;

describe("ImsError", () => {
  it("carries code, retryability, action, cause and context", () => {
    const cause = new Error("ENOSPC");
    const error = errorFactory(TABLE)("disk.full", "Writing /a failed", { cause, context: { path: "/a" } });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "ImsError",
      code: "disk.full",
      retryable: true,
      action: "Free some space",
      message: "Writing /a failed. Free some space.",
      context: { path: "/a" },
      cause,
    });
  });

  it("ends both parts of its message with one point", () => {
    const entry = { summary: "x", action: "Do this.", retryable: false };
    expect(new ImsError("a.b", entry, "It broke.").message).toBe("It broke. Do this.");
    expect(new ImsError("a.b", entry, 'No flag (did you mean "x"?)').message).toMatch(/"x"\?\)\. Do this\.$/);
  });

  it("is recognised by code, and other values are not", () => {
    const error = errorFactory(TABLE)("disk.full", "x");
    expect(isImsError(error)).toBe(true);
    expect(isImsError(error, "disk.full")).toBe(true);
    expect(isImsError(error, "disk.gone")).toBe(false);
    expect(isImsError(new Error("x"))).toBe(false);
    expect(isImsError(undefined)).toBe(false);
    expect(Object.hasOwn(error, "cause")).toBe(false);
  });
});

describe("describeError", () => {
  it("follows causes and takes anything thrown", () => {
    expect(describeError(new Error("a", { cause: new Error("b", { cause: "c" }) }))).toBe(
      "a (cause: b (cause: c))",
    );
    expect(describeError("text")).toBe("text");
    expect(describeError(undefined)).toBe("undefined");
    expect(describeError(new TypeError())).toBe("TypeError");
  });

  it("ends on causes that form a ring", () => {
    const error = new Error("ring");
    error.cause = error;
    expect(describeError(error)).toMatch(/^ring \(cause: ring/);
  });
});

describe("COMMON_ERRORS", () => {
  it("has codes of the form subject.reason, and whole sentences", () => {
    for (const [code, { summary, action }] of Object.entries(COMMON_ERRORS)) {
      expect(code).toMatch(/^[a-z-]+\.[a-z-]+$/);
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect(action).toMatch(/^[A-Z].*\.$/);
    }
  });
});
