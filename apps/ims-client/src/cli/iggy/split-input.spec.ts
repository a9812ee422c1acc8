import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGE_BYTES_MAX, splitFrames, splitLines } from "./split-input.js";

/** The bytes in chunks that end at the given places. */
async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

async function all(messages: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of messages) texts.push(Buffer.from(message).toString("latin1"));
  return texts;
}

const places = fc.array(fc.nat(), { maxLength: 8 });

describe("input in chunks", () => {
  it("has the same lines wherever it is cut", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", "\r"), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom("\n", "\r\n"), places, async (lines, end, ends) => {
        const text = lines.join(end);
        const wanted = text.split("\n").map((part) => part.replace(/\r$/, ""));
        expect(await all(splitLines(cut(Buffer.from(text), ends)))).toEqual(
          wanted.filter((part) => part !== ""),
        );
      }),
    );
  });

  it("has the same frames wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 })),
        places,
        async (frames, ends) => {
          const pieces = frames.flatMap((frame) => [Uint8Array.of(frame.length, 0, 0, 0), frame]);
          const wanted = frames.map((frame) => Buffer.from(frame).toString("latin1"));
          expect(await all(splitFrames(cut(Buffer.concat(pieces), ends)))).toEqual(wanted);
        },
      ),
    );
  });

  it("has no line longer than a message", async () => {
    const line = new Uint8Array(MESSAGE_BYTES_MAX).fill(0x61);
    expect(await all(splitLines(cut(line, [5])))).toHaveLength(1);
    const longer = Buffer.concat([Buffer.from("first\n"), line, line.subarray(0, 1)]);
    await expect(all(splitLines(cut(longer, [9])))).rejects.toThrow(
      /Line 2 of the input is longer than 8000000/,
    );
  });

  it.each([
    ["a length of nothing", [0, 0, 0, 0], /The frame at byte 0 says it has 0 bytes/],
    [
      "a length beyond a message",
      [1, 0, 0, 0, 9, 255, 255, 255, 255],
      /The frame at byte 5 says it has 4294967295/,
    ],
    ["a length that is cut off", [1, 0], /ends within the frame at byte 0: 2 bytes are missing/],
    ["a frame that is cut off", [3, 0, 0, 0, 9], /ends within the frame at byte 4: 2 bytes are missing/],
    [
      "a frame of which nothing is there",
      [3, 0, 0, 0],
      /ends within the frame at byte 4: 3 bytes are missing/,
    ],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(all(splitFrames(cut(Uint8Array.from(bytes), [])))).rejects.toThrow(message);
  });
});
