import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startIms } from "../../spec-support/iggy-stage.js";
import { TextOutput } from "../../spec-support/text-output.js";
import { runSimulate } from "./simulate-command.js";

let folder: string;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ims-simulate-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

function ims(...words: string[]) {
  const run = startIms(["simulate", ...words]);
  stops.push(() => {
    run.interrupt.abort();
    return run.exit;
  });
  return run;
}

/** What a run prints when it serves. */
async function greetingOf({ output, errors, exit }: ReturnType<typeof ims>): Promise<string> {
  const ended = exit.then((code) => {
    throw new Error(`ended with ${code}: ${errors.text}`);
  });
  await Promise.race([output.printed(/WebSocket/), ended]);
  return output.text;
}

/** The venue's answer at the REST address that a run has printed. */
async function ask(run: ReturnType<typeof ims>, path: string) {
  const greeting = await greetingOf(run);
  const reply = await fetch(`${/REST +(\S+)/.exec(greeting)![1]}${path}`);
  return { status: reply.status, text: await reply.text() };
}

describe("ims simulate", () => {
  it("serves the market of its seed until an interrupt, and the same one again", async () => {
    const options = ["--port", "0", "--market", "usd-future", "--seed", "5", "--symbols", "12"];
    const runs = [ims(...options), ims(...options)];
    const symbolLists = await Promise.all(
      runs.map(async (run) => {
        const { text } = await ask(run, "/fapi/v1/exchangeInfo");
        return (JSON.parse(text) as { symbols: { symbol: string }[] }).symbols.map(({ symbol }) => symbol);
      }),
    );
    expect(symbolLists[0]!.length).toBeGreaterThanOrEqual(12);
    expect(symbolLists[1]).toEqual(symbolLists[0]);
    expect(runs[0]!.output.text).toContain("BINANCE_USD_FUTURE_REST_URL=http://127.0.0.1:");
    for (const { exit, interrupt } of runs) {
      interrupt.abort();
      expect(await exit).toBe(0);
    }
  });

  it("acts on its fault script", async () => {
    const faults = join(folder, "faults.json");
    await writeFile(faults, `{"rules":[{"fault":"rest-status","path":"time","status":503}]}`);
    expect((await ask(ims("--port", "0", "--faults", faults), "/api/v3/time")).status).toBe(503);
  });

  it("helps with examples by its own name, without starting anything", async () => {
    for (const flag of ["--help", "-h"]) {
      const run = ims(flag);
      expect(await run.exit).toBe(0);
      expect(run.output.text).toMatch(/^ims simulate: /);
      expect(run.output.text).toMatch(/Examples:\n {2}ims simulate /);
    }
  });

  it.each([
    ["bitstamp", "/api/v2/markets/", '"market_symbol":"btcusd"', "BITSTAMP"],
    ["deribit", "/public/test", '"version"', "DERIBIT"],
  ])("serves %s by name, and says which settings lead a service there", async (venue, path, part, prefix) => {
    const run = ims(venue, "--port", "0");
    const { status, text } = await ask(run, path);
    expect([status, text]).toEqual([200, expect.stringContaining(part)]);
    const [, restUrl] = new RegExp(`\n${prefix}_REST_URL=(\\S+) ${prefix}_WS_URL=ws:\\S+\n`).exec(
      run.output.text,
    )!;
    expect(restUrl).toBe(/REST +(\S+)/.exec(run.output.text)![1]);
    const help = ims(venue, "--help");
    expect(await help.exit).toBe(0);
    expect(help.output.text).toMatch(new RegExp(`^ims simulate ${venue}: `));
  });

  it.each(["bitstamp", "deribit"])("runs what the documentation of %s says", async (venue) => {
    const faults = join(folder, "faults.json");
    const page = await readFile(new URL(`../../../../../docs/venues/${venue}.md`, import.meta.url), "utf8");
    await writeFile(faults, /^```json\n(\{"rules".+)\n```$/m.exec(page)![1]!);
    const commands = [...page.matchAll(/^npx ims (simulate .+?)(?: +# .*)?$/gm)].map(([, words]) => words!);
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const [, ...words] = command.replace("faults.json", faults).split(/ +/);
      expect(words[0]).toBe(venue);
      // The documented ports may be taken on the machine of the test.
      const greeting = await greetingOf(ims(...words, "--port", "0"));
      expect(greeting).toMatch(/^(BITSTAMP|DERIBIT)_REST_URL=http:\S+ \1_WS_URL=ws:\S+$/m);
      expect(greeting.includes("Faults ")).toBe(command.includes("--faults"));
    }
  });

  it("takes what it does not know for a mistake of the user", async () => {
    for (const words of [
      ["--sede", "4"],
      ["--market", "options"],
      ["spot"],
      ["--faults", join(folder, "no")],
    ]) {
      const run = ims(...words);
      expect(await run.exit).toBe(2);
      expect(run.errors.text).toMatch(/^ims: .*(--sede|--market|spot|--faults)/);
      expect(run.output.text).toBe("");
    }
  });

  it("says how to get the simulator where it is not installed", async () => {
    const environment = { output: new TextOutput(false), interrupted: new AbortController().signal };
    const missing = "@ims/not-installed-anywhere";
    const run = runSimulate(environment, [], () => import(/* @vite-ignore */ missing));
    await expect(run).rejects.toMatchObject({
      code: "client.no-simulator",
      action: expect.stringContaining("@ims/exchange-simulator"),
    });
    const broken = runSimulate(environment, [], () => Promise.reject(new SyntaxError("bad")));
    await expect(broken).rejects.toThrow("bad");
  });
});
