import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "./command-table.js";
import { decodeRequestHeader, frameBody } from "./frame/request-header.js";
import { sendFrame, symbolsOf } from "./spec-support/readme-example.js";

const libraryDir = join(import.meta.dirname, "..");

describe("README.md", () => {
  it("shows the example that runs here", () => {
    const source = readFileSync(join(libraryDir, "src/spec-support/readme-example.ts"), "utf8");
    const shown = source.replace('"../index.js"', '"@ims/iggy-protocol"');
    expect(readFileSync(join(libraryDir, "README.md"), "utf8")).toContain(`\`\`\`ts\n${shown}\`\`\`\n`);
  });

  it("does what it says", () => {
    const frame = sendFrame(7n, 3n);
    expect(decodeRequestHeader(frame)).toMatchObject({ client: 7n, session: 3n, operation: 160 });
    const { batch } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(frame));
    const reply = COMMANDS.pollMessages.codec.encodeReply({
      partitionId: 0,
      currentOffset: 0,
      messageCount: 1,
      batches: batch,
    });
    expect(symbolsOf(reply)).toEqual([[0, "BTCUSDT"]]);
  });
});
