import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../../..");
const main = join(root, "apps/ims-client/dist/cli/main.js");
const page = readFileSync(join(root, "docs/write-a-filter.md"), "utf8");

type Step =
  | { readonly kind: "command"; readonly command: string; readonly output: string }
  /** A file that the reader writes, or one that a command has made. */
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "made"; readonly path: string; readonly text: string };

/** What the page tells its reader to do, in order. */
function steps(): Step[] {
  const found: Step[] = [];
  const blocks = /<!-- (file|made): (\S+) -->\n```ts\n([\s\S]*?)```|```console\n([\s\S]*?)```/g;
  for (const [, kind, path, text, console] of page.matchAll(blocks)) {
    if (kind) found.push({ kind: kind as "file" | "made", path: path!, text: text! });
    for (const part of console?.split(/^\$ /m).slice(1) ?? []) {
      const [command, ...output] = part.split("\n");
      found.push({ kind: "command", command: command!, output: output.join("\n").trim() });
    }
  }
  return found;
}

/** Runs a line as a shell would that finds `ims`. */
function run(command: string, cwd: string): string {
  const script =
    command === "npm test"
      ? (JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")).scripts.test as string)
      : command;
  let printed = "";
  for (const line of script.replace("npm run build", "ims filter build").split(" && ")) {
    const [name, ...words] = line.split(" ");
    if (name !== "ims") throw new Error(`the page has a command that this test does not know: ${line}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
      cwd,
      encoding: "utf8",
    });
    printed += stdout + stderr;
    if (status !== 0) throw new Error(`${line} ended with ${status}: ${stdout}${stderr}`);
  }
  return printed.trim();
}

/** `…` stands for any text, on a line of its own for any lines. */
function patternOf(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*?")}$`);
}

describe.skipIf(!existsSync(main))("docs/write-a-filter.md", () => {
  it("does what it says", () => {
    let folder = mkdtempSync(join(tmpdir(), "ims-page-"));
    const whole = folder;
    try {
      let commandCount = 0;
      for (const step of steps()) {
        if (step.kind === "file") writeFileSync(join(folder, step.path), step.text);
        else if (step.kind === "made") expect(readFileSync(join(folder, step.path), "utf8")).toBe(step.text);
        else if (step.command.startsWith("cd ")) folder = join(folder, step.command.slice(3));
        else {
          commandCount++;
          expect(run(step.command, folder), step.command).toMatch(patternOf(step.output));
        }
      }
      expect(commandCount).toBeGreaterThan(5);
    } finally {
      rmSync(whole, { recursive: true });
    }
  }, 300_000);
});
