import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startIms } from "../../spec-support/iggy-stage.js";
import { SHELLS, type Shell } from "./completion-scripts.js";

const run = promisify(execFile);

function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ["-c", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function script(shell: Shell): Promise<string> {
  const { exit, output } = startIms(["completion", shell]);
  expect(await exit).toBe(0);
  return output.text;
}

/** What each shell offers behind a line that ends where the cursor stands. */
const OFFERS: Readonly<Record<Shell, (script: string, line: string) => Promise<string[]>>> = {
  async bash(text, line) {
    const words = line.split(" ");
    const set = `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}`;
    const { stdout } = await run("bash", [
      "--norc",
      "-c",
      `${text}\n${set}\n_ims\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
    return stdout.trim().split("\n");
  },
  async zsh(text, line) {
    const words = line
      .split(" ")
      .map((word) => `"${word}"`)
      .join(" ");
    // The real one too keeps what begins with the word under the cursor.
    const stubs = `compdef() { :; }
compadd() { local offer; shift; for offer in "$@"; do [[ $offer == \${words[CURRENT]}* ]] && print -r -- $offer; done; true; }`;
    const { stdout } = await run("zsh", [
      "-f",
      "-c",
      `${stubs}\n${text}\nwords=(${words}); CURRENT=$#words; _ims`,
    ]);
    return stdout.trim().split("\n");
  },
  async fish(text, line) {
    const { stdout } = await run("fish", ["-N", "-c", `${text}\ncomplete -C ${JSON.stringify(line)}`]);
    return stdout
      .trim()
      .split("\n")
      .map((offer) => offer.split("\t")[0]!);
  },
};

describe("ims completion", () => {
  for (const shell of SHELLS) {
    it(`${shell}: names every command and option`, async () => {
      const text = await script(shell);
      for (const word of ["trades", "book", "iggy create topic", "broker verify", "simulate", "completion"]) {
        expect(text).toContain(word);
      }
      for (const option of ["exchange", "depth", "follow", "every"]) expect(text).toContain(option);
    });

    describe.skipIf(!isInstalled(shell))(`in ${shell}`, () => {
      it.each([
        ["ims tr", ["trades"], ["top"]],
        ["ims iggy ", ["streams", "tail", "create"], ["trades"]],
        ["ims iggy create ", ["stream", "topic"], ["streams"]],
        ["ims trades BTCUSDT --c", ["--count", "--client-id", "--csv"], ["--depth"]],
        ["ims trades --exchange binances", ["binancespot", "binancespottestnet"], []],
        ["ims tail x --decode ", ["sbe", "hex"], ["--decode"]],
      ])("%j", async (line, offered, others) => {
        const all = await OFFERS[shell](await script(shell), line);
        expect(all).toEqual(expect.arrayContaining(offered));
        for (const other of others) expect(all).not.toContain(other);
      });
    });
  }

  it("suggests near shells", async () => {
    const { exit, errors } = startIms(["completion", "bsh"]);
    expect(await exit).toBe(2);
    expect(errors.text).toMatch(/^ims: "bsh" is none of bash, zsh, fish \(did you mean "bash"\?\)/);
  });
});
