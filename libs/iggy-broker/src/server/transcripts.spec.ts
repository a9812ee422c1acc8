import { describe, expect, inject, it } from "vitest";
import { runTranscript, transcriptFiles } from "../conformance/run-transcripts.js";

const folder = inject("sharedDir") && `${inject("sharedDir")}/iggy/transcripts`;

describe.skipIf(!folder)("recorded exchanges with the reference server", () => {
  const files = folder ? transcriptFiles(folder) : [];

  it("are all there", () => {
    expect(files.length).toBeGreaterThanOrEqual(112);
  });

  it.each(files.map((file) => [file.slice(file.lastIndexOf("/") + 1), file]))(
    "is answered alike: %s",
    async (_name, file) => {
      expect((await runTranscript(file))?.differences).toEqual([]);
    },
  );
});
