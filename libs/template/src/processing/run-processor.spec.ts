import { defineSettings, integerSetting } from "@ims/common";
import { startBroker } from "@ims/iggy-broker";
import type { Processor } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { ExitCode } from "../service/exit-code.js";
import type { ProcessHost } from "../service/process-host.js";
import { freePort } from "../spec-support/service-fixture.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { until } from "../spec-support/until.js";
import { runProcessor } from "./run-processor.js";

const settings = defineSettings({
  width: {
    schema: integerSetting({ min: 1, max: 9 }).default(3),
    env: "WIDTH",
    flag: "width",
    description: "how wide it is",
  },
});
const idle: Processor = {
  name: "idle",
  stateVersion: 1,
  createTask: () => ({ process() {}, snapshot: () => new Uint8Array() }),
};

function host(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const printed: string[] = [];
  const exits: number[] = [];
  const listeners = new Map<string, (detail: unknown) => void>();
  const fake: ProcessHost = {
    argv,
    env,
    isTerminal: false,
    on: (event, listener) => void listeners.set(event, listener),
    print: (text) => void printed.push(text),
    printError: (text) => void printed.push(text),
    exit: (code) => void exits.push(code),
    uptimeMillis: () => 1,
    residentMebibytes: () => 1,
  };
  return { fake, printed, exits, emit: (event: string) => listeners.get(event)!(undefined) };
}

function run(fake: ProcessHost, launch = {}): Promise<number> {
  return runProcessor({
    name: "idle",
    defaultPort: 0,
    settings,
    processor: () => ({ processor: idle, sources: [] }),
    host: fake,
    launch,
  });
}

describe("runProcessor", () => {
  it("names all mistakes of both kinds of settings and ends with 2", async () => {
    const { fake, printed, exits } = host(["--width", "12"], { IMS_CHECKPOINT_MILLIS: "soon" });
    expect(await run(fake)).toBe(ExitCode.Configuration);
    expect(exits).toEqual([2]);
    expect(printed.join("")).toMatch(/IMS_CHECKPOINT_MILLIS[\s\S]*width|width[\s\S]*IMS_CHECKPOINT_MILLIS/);
  });

  it("shows all settings on --help", async () => {
    const { fake, printed } = host(["--help"]);
    expect(await run(fake)).toBe(ExitCode.Ok);
    expect(printed.join("")).toMatch(/--checkpoint-millis[\s\S]*--width +WIDTH +how wide it is/);
  });

  it("says when it is ready and ends in order on SIGTERM, with its embedded broker", async () => {
    const folder = temporaryFolder();
    const { logger, lines } = recordingLogger();
    const { fake, emit } = host([], {
      IGGY_URL: `iggy://iggy:iggy@127.0.0.1:${await freePort()}`,
      IMS_DATA_DIR: folder.path,
    });
    const code = run(fake, { logger, startEmbeddedBroker: startBroker });
    await until(() => lines.some(({ msg }) => msg === "ready"));
    emit("SIGTERM");
    expect(await code).toBe(ExitCode.Ok);
    expect(lines.at(-1)).toMatchObject({ msg: "stopped" });
    folder.remove();
  });
});
