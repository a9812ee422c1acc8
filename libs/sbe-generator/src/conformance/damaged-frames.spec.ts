import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { compile } from "../compile.js";
import { octetsOfHex } from "../dynamic/json-value.js";
import { type CodecUnderTest, isTypedError } from "./codec-under-test.js";
import { vectorFolders } from "./folder-files.js";
import { GeneratedCode } from "./generated-code.js";
import { generatedCodec } from "./generated-codec.js";
import { tokenCodec } from "./token-codec.js";

/** A schema with valid frames of it, and both ways of reading them. */
interface Subject {
  readonly schema: string;
  readonly frames: readonly Uint8Array[];
  readonly codecs: readonly CodecUnderTest[];
}

const FRAME_OCTETS_MAX = 3000;
const RUNS = 4000;

/** What reading came to: a value as JSON, or that it was refused. */
function reading(codec: CodecUnderTest, frame: Uint8Array): string {
  try {
    const { message, values, length } = codec.decode(frame, 0);
    return `${message} ${length} ${JSON.stringify(values)}`;
  } catch (error) {
    if (!isTypedError(error)) throw error;
    return "refused";
  }
}

const edit = fc.record({
  at: fc.oneof(fc.nat(23), fc.nat(FRAME_OCTETS_MAX)),
  octet: fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), fc.nat(255)),
});

describe.skipIf(!inject("sharedDir"))("damaged frames of the reference schemas", () => {
  const code = new GeneratedCode();
  const subjects: Subject[] = [];

  beforeAll(async () => {
    const named = vectorFolders(join(inject("sharedDir"), "sbe/vectors")).flatMap(({ path, vectors }) =>
      [...new Set(vectors.map(({ schemaFile }) => schemaFile))].map((file) => ({
        schema: join(path, file),
        tokens: compile(join(path, file)).tokens,
        frames: vectors
          .filter(({ schemaFile, length }) => schemaFile === file && length <= FRAME_OCTETS_MAX)
          .map(({ hex }) => octetsOfHex(hex)!),
      })),
    );
    for (const { schema, tokens } of named) code.add(schema, tokens);
    code.compile();
    for (const { schema, tokens, frames } of named) {
      const codecs = [tokenCodec(tokens), generatedCodec(tokens, await code.load(schema))];
      subjects.push({ schema, frames, codecs });
    }
  }, 120_000);

  afterAll(() => code.remove());

  it("read alike by generated code and by tokens, or are refused by both", { timeout: 120_000 }, () => {
    const places = subjects.flatMap((subject) => subject.frames.map((frame) => ({ subject, frame })));
    expect(places.length).toBeGreaterThan(200);
    const counts = { values: 0, refusals: 0 };
    fc.assert(
      fc.property(
        fc.nat(places.length - 1),
        fc.array(edit, { maxLength: 4 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 2 }),
        (place, edits, cut) => {
          const { subject, frame } = places[place]!;
          const damaged = frame.slice(0, cut === null ? frame.length : Math.floor(cut * frame.length));
          for (const { at, octet } of edits) if (damaged.length > 0) damaged[at % damaged.length] = octet;
          const [tokens, generated] = subject.codecs.map((codec) => reading(codec, damaged));
          expect(generated, subject.schema).toBe(tokens);
          if (tokens === "refused") counts.refusals++;
          else counts.values++;
        },
      ),
      { numRuns: RUNS },
    );
    expect(counts.values).toBeGreaterThan(RUNS / 20);
    expect(counts.refusals).toBeGreaterThan(RUNS / 20);
  });
});
