import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS, type CommandName } from "../command-table.js";
import { checkRawRequest } from "../raw-request.js";
import { COMMAND_VALUES } from "../spec-support/command-values.js";
import type { CommandCodec } from "./command-codec.js";

const isTyped = expect.objectContaining({ code: expect.stringMatching(/^iggy-protocol\./) });

interface Direction {
  readonly name: string;
  readonly value: fc.Arbitrary<unknown>;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const directions: Direction[] = (Object.keys(COMMANDS) as CommandName[]).flatMap((key) => {
  const codec = COMMANDS[key].codec as CommandCodec<unknown, unknown>;
  const { request, reply } = COMMAND_VALUES[key];
  return [
    {
      name: `${key} request`,
      value: request,
      encode: codec.encodeRequestUnchecked,
      decode: codec.decodeRequest,
    },
    { name: `${key} reply`, value: reply, encode: codec.encodeReply, decode: codec.decodeReply },
  ];
});

/** The bytes with other bytes around them: reading outside would show in the result, or end untyped. */
function within(bytes: Uint8Array, surrounding: number): Uint8Array {
  const outer = new Uint8Array(bytes.length + 64).fill(surrounding);
  outer.set(bytes, 32);
  return outer.subarray(32, 32 + bytes.length);
}

function outcome(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    expect(error).toEqual(isTyped);
    return { code: (error as { code: string }).code };
  }
}

/** Bytes that came from an encoder and lost, gained or changed some. */
const damage = fc.record({
  keep: fc.double({ min: 0, max: 1, noNaN: true }),
  flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
  tail: fc.uint8Array({ maxLength: 8 }),
});

describe.each(directions)("$name", ({ value, encode, decode }) => {
  it("decodes to what was encoded, and encodes to what was decoded", () => {
    fc.assert(
      fc.property(value, (given) => {
        const bytes = encode(given);
        const decoded = decode(within(bytes, 0xff));
        expect(decoded).toEqual(given);
        expect(Buffer.from(encode(decoded)).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("reads damaged bytes within their bounds and gives a value that can be encoded, or a typed error", () => {
    fc.assert(
      fc.property(value, damage, (given, { keep, flips, tail }) => {
        const whole = encode(given);
        const bytes = Buffer.concat([whole.subarray(0, Math.round(whole.length * keep)), tail]);
        for (const [at, bits] of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= bits;
        const low = outcome(() => decode(within(bytes, 0)));
        expect(outcome(() => decode(within(bytes, 0xff)))).toEqual(low);
        const decoded = (low as { value?: unknown }).value;
        if (decoded !== undefined) expect(decode(encode(decoded))).toEqual(decoded);
      }),
      { numRuns: 60 },
    );
  });
});

describe("token logins", () => {
  const { codec } = COMMANDS.login;

  it("come back as they went", () => {
    const token = fc
      .uint8Array({ minLength: 50, maxLength: 50 })
      .map((bytes) => Buffer.from(bytes).toString("base64"));
    fc.assert(
      fc.property(token, (text) => {
        const request = {
          protocolVersion: 11264,
          sdkName: "a",
          sdkVersion: "1",
          credentials: { kind: "token", token: text } as const,
          context: new Uint8Array(0),
        };
        expect(codec.decodeRequest(codec.encodeRequest(request))).toEqual(request);
      }),
    );
  });
});

describe("checkRawRequest", () => {
  it("passes what the encoders give, and bodies of codes that are not defined", () => {
    for (const key of Object.keys(COMMANDS) as CommandName[]) {
      const codec = COMMANDS[key].codec as CommandCodec<unknown, unknown>;
      fc.assert(
        fc.property(COMMAND_VALUES[key].request, (request) => {
          checkRawRequest(COMMANDS[key].code, codec.encodeRequest(request));
        }),
        { numRuns: 10 },
      );
    }
    checkRawRequest(60_000, Uint8Array.of(1, 2, 3));
  });

  it("refuses the bodies that end a server, and batches that get no answer", () => {
    const refused = expect.objectContaining({ code: "iggy-protocol.malformed-request" });
    const { deleteStream, purgeStream, deleteTopic, purgeTopic, createGroup, deleteGroup, deleteUser } =
      COMMANDS;
    for (const { code } of [
      ...[deleteStream, purgeStream, deleteTopic, purgeTopic, createGroup, deleteGroup, deleteUser],
      ...[COMMANDS.updatePermissions, COMMANDS.joinGroup, COMMANDS.leaveGroup, COMMANDS.sendMessages],
    ]) {
      expect(() => checkRawRequest(code, new Uint8Array(0)), `code ${code}`).toThrow(refused);
    }
    const emptyName = Uint8Array.from([2, 1, 115, 2, 1, 116, 0]);
    expect(() => checkRawRequest(createGroup.code, emptyName)).toThrow(refused);
  });
});
