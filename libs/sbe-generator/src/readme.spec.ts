import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const library = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(library, "README.md"), "utf8");

/** A file that the document shows, or a console with commands and what they print. */
interface Example {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
  readonly line: number;
}

const examples = [...readme.matchAll(/^```(\w+)(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm)].map(
  ({ 1: language, 2: file, 3: text, index }): Example => ({
    language: language!,
    file,
    text: text!,
    line: readme.slice(0, index).split("\n").length,
  }),
);

interface Command {
  readonly line: number;
  readonly command: string;
  readonly printed: string;
}

/** Lines with `$ ` in front are commands, the others what they print. */
function commandsOf({ text, line }: Example): readonly Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part, index) => {
      const [command, ...printed] = part.split("\n");
      return { line: line + index, command: command!, printed: printed.join("\n") };
    });
}

/** A line of `…` stands for any lines, `…` within a line for any text. */
function matching(printed: string): RegExp {
  const escaped = printed.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/^…\n/gm, "[\\s\\S]*").replaceAll("…", ".*")}$`);
}

describe("README", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sbe-schema-ts-readme-"));
    const bin = join(folder, "node_modules/.bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(library, join(folder, "node_modules/sbe-schema-ts"));
    // As npm does at an installation; the compiler's output is not executable by itself.
    const command = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(library, "dist/main.js"))} "$@"\n`;
    writeFileSync(join(bin, "sbe-schema-ts"), command, { mode: 0o755 });
    symlinkSync(join(library, "../../node_modules/.bin/tsc"), join(bin, "tsc"));
    // npx of the package manager would look for newer packages.
    writeFileSync(join(bin, "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(command: string): Promise<string> {
    const path = [join(folder, "node_modules/.bin"), process.env.PATH].join(delimiter);
    const child = spawn("sh", ["-c", `{ ${command}\n} 2>&1`], {
      cwd: folder,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) printed += chunk;
    return printed;
  }

  it("shows nothing but files and consoles, that are run here, and the installation", () => {
    const others = examples.filter(({ language, file }) => language !== "console" && file === undefined);
    expect(others.map(({ text }) => text)).toEqual(["npm install --save-dev sbe-schema-ts\n"]);
    expect(examples.length).toBe([...readme.matchAll(/^```\w/gm)].length);
  });

  it("prints what it says that it prints", { timeout: 180_000 }, async () => {
    for (const example of examples) {
      if (example.file !== undefined) {
        mkdirSync(dirname(join(folder, example.file)), { recursive: true });
        writeFileSync(join(folder, example.file), example.text);
      }
      if (example.language !== "console") continue;
      for (const { line, command, printed } of commandsOf(example)) {
        const found = await run(command);
        if (matching(printed).test(found)) continue;
        expect.soft(found, `README.md:${line}: ${command}`).toBe(printed);
      }
    }
  });

  it("names every command and every option", { timeout: 60_000 }, async () => {
    const help = await run("sbe-schema-ts --help");
    const commands = [...help.matchAll(/^ {2}(\w+) .*[<[]/gm)].map(([, name]) => name!);
    expect(commands).toEqual(
      expect.arrayContaining(["generate", "runtime", "ir", "decode", "encode", "check"]),
    );
    for (const command of commands.filter((name) => name !== "help")) {
      expect(readme).toContain(`npx sbe-schema-ts ${command} `);
      const options = [...(await run(`sbe-schema-ts ${command} --help`)).matchAll(/^ {2}(--[a-z-]+)/gm)];
      for (const [, option] of options) expect(readme, `${command} ${option}`).toContain(option);
    }
  });
});
