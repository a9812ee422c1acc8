import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../spec-support/service-fixture.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { ExitCode } from "./exit-code.js";

const PROGRAM = fileURLToPath(new URL("../spec-support/service-process.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
const BROKER = fileURLToPath(new URL("../../../iggy-broker/dist/bin.js", import.meta.url));

const children: Child[] = [];
const folders: { remove(): void }[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill("SIGKILL");
    await child.exited;
  }
  for (const folder of folders.splice(0)) folder.remove();
});

/** A process with its output kept; waiting is on what it prints and on its end. */
class Child {
  readonly process: ChildProcessWithoutNullStreams;
  output = "";
  readonly exited: Promise<number | string>;
  readonly #watchers = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [...args], { env: { PATH: process.env.PATH ?? "", ...env } });
    children.push(this);
    let isOver = false;
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        for (const watch of [...this.#watchers]) watch();
      });
    }
    this.exited = new Promise((resolve) =>
      this.process.once("close", (code, signal) => {
        isOver = true;
        resolve(code ?? signal ?? "unknown");
        for (const watch of [...this.#watchers]) watch();
      }),
    );
    this.isOver = () => isOver;
    this.process.stdin.on("error", () => {});
  }

  readonly isOver: () => boolean;

  /** Resolves once the pattern was printed; rejects when the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.isOver()) throw new Error(`ended without printing ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => {
        const watch = () => {
          this.#watchers.delete(watch);
          resolve();
        };
        this.#watchers.add(watch);
      });
    }
  }

  async type(line: string): Promise<void> {
    this.process.stdin.write(`${line}\n`);
    await this.printed(new RegExp(`done ${line}`));
  }

  /** Log lines as objects. */
  get lines(): Record<string, unknown>[] {
    return this.output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

function service(port: number, env: Readonly<Record<string, string>> = {}): Child {
  const folder = temporaryFolder();
  folders.push(folder);
  return new Child([PROGRAM], {
    IGGY_URL: `iggy://iggy:iggy@127.0.0.1:${port}`,
    IMS_DATA_DIR: folder.path,
    IMS_HTTP_PORT: "0",
    ENV: "CI",
    ...env,
  });
}

async function broker(port: number): Promise<Child> {
  const folder = temporaryFolder();
  folders.push(folder);
  const child = new Child([BROKER, "--port", String(port), "--data-dir", folder.path]);
  await child.printed(/:(\d+)/);
  return child;
}

async function readyz(child: Child): Promise<number> {
  const [, url] = await child.printed(/"health":"([^"]+)"/);
  return (await fetch(new URL("/readyz", url))).status;
}

describe.skipIf(!existsSync(BUILT) || !existsSync(BROKER))(
  "a service as a process",
  { timeout: 60_000 },
  () => {
    it("waits for a broker that is started later, says so, and ends with 0 on SIGTERM", async () => {
      const port = await freePort();
      const child = service(port, { IMS_BROKER: "external" });
      await child.printed(/"waitingFor":\["the broker was not reached yet"\],"msg":"not ready yet"/);
      await broker(port);
      await child.printed(/"msg":"ready"/);
      expect(await readyz(child)).toBe(200);
      await child.type("trades 1000");
      child.process.kill("SIGTERM");
      expect(await child.exited).toBe(ExitCode.Ok);
      expect(child.lines.at(-1)).toMatchObject({ msg: "stopped" });
    });

    it("ends with 0 when it is told to before there is a broker", async () => {
      const child = service(await freePort(), { IMS_BROKER: "external" });
      await child.printed(/using the broker at IGGY_URL/);
      child.process.kill("SIGINT");
      expect(await child.exited).toBe(ExitCode.Ok);
    });

    it("ends with 3, by itself, when the broker does not come back for what waits", async () => {
      const port = await freePort();
      const server = await broker(port);
      const child = service(port, { IMS_BROKER: "external" });
      await child.printed(/"msg":"ready"/);
      server.process.kill("SIGKILL");
      await server.exited;
      await child.type("trades 1000");
      child.process.kill("SIGTERM");
      expect(await child.exited).toBe(ExitCode.Undelivered);
      const lost = child.lines.find(({ msg }) => msg === "the broker did not take everything before the end");
      expect(lost).toMatchObject({ undelivered: 1000 });
      // The code would be that of a failure if the process had ended it at its limit.
      expect(child.lines.at(-1)).toMatchObject({ msg: "stopped" });
    });

    it("ends at once with 1 on the second signal", async () => {
      const child = service(await freePort());
      await child.printed(/"msg":"ready"/);
      await child.type("hang");
      child.process.kill("SIGTERM");
      await child.printed(/a second signal ends at once/);
      child.process.kill("SIGTERM");
      expect(await child.exited).toBe(ExitCode.Failed);
      expect(child.output).not.toContain('"msg":"stopped"');
    });

    it("stops in order also when the venue's shutdown hangs", async () => {
      const child = service(await freePort());
      await child.printed(/"msg":"ready"/);
      await child.type("hang");
      child.process.kill("SIGTERM");
      expect(await child.exited).toBe(ExitCode.Ok);
      expect(child.output).toContain("the venue's shutdown");
      expect(child.lines.at(-1)).toMatchObject({ msg: "stopped" });
    });

    it.each([
      ["throw", "uncaughtException", "thrown by the venue"],
      ["reject", "unhandledRejection", "rejected by the venue"],
    ])(
      "ends with 1 after an error that nobody handles (%s), and delivers what it had",
      async (command, event, error) => {
        const port = await freePort();
        await broker(port);
        const child = service(port, { IMS_BROKER: "external" });
        await child.printed(/"msg":"ready"/);
        await child.type("trades 500");
        child.process.stdin.write(`${command}\n`);
        expect(await child.exited).toBe(ExitCode.Failed);
        expect(child.lines.find(({ level }) => level === 60)).toMatchObject({ event, error });
        expect(child.lines.at(-1)).toMatchObject({ msg: "stopped" });
        expect(child.output).not.toContain("did not take everything");
      },
    );

    it("ends with 2 for what a person has to change: settings, a taken port", async () => {
      const wrong = service(await freePort(), { IMS_BROKER: "none", IMS_PUBLISH_BUFFER_MIB: "1" });
      expect(await wrong.exited).toBe(ExitCode.Configuration);
      expect(wrong.output).toMatch(/IMS_BROKER.*IMS_PUBLISH_BUFFER_MIB.*16 to 1024/);
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const taken = (other.address() as AddressInfo).port;
      const child = service(await freePort(), { IMS_HTTP_PORT: String(taken) });
      expect(await child.exited).toBe(ExitCode.Configuration);
      expect(child.output).toMatch(/service\.port-in-use.*IMS_HTTP_PORT/);
      await new Promise((resolve) => other.close(resolve));
    });

    it("is not left half-dead when nobody reads its log any more", async () => {
      const child = service(await freePort());
      await child.printed(/"msg":"ready"/);
      child.process.stdout.destroy();
      child.process.stderr.destroy();
      child.process.kill("SIGTERM");
      expect([ExitCode.Ok, ExitCode.Failed]).toContain(await child.exited);
    });
  },
);
