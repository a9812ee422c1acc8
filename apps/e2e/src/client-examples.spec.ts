import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IggyClient } from "@ims/iggy-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child, workspaceRoot } from "./support/child.js";
import { type MarketRun, startMarketRun } from "./support/market-run.js";

let run: MarketRun;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ims-examples-"));
  run = await startMarketRun("spot", { kind: "synthetic", seed: 21, tradesPerSecond: 500 });
}, 60_000);
afterAll(async () => {
  await run.close();
  await rm(folder, { recursive: true });
}, 30_000);

/** Runs an example, as plain JavaScript over the built package, while `check` looks at what it prints. */
async function example(
  name: string,
  args: readonly string[],
  check: (child: Child) => Promise<void>,
): Promise<void> {
  const child = Child.node(`examples/${name}`, args, { IGGY_URL: run.brokerUrl });
  try {
    await check(child);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

const tests: Readonly<Record<string, () => Promise<void>>> = {
  "print-trades.mjs": () =>
    example("print-trades.mjs", [], async (child) => {
      await child.printed(/^BTCUSDT \d+(\.\d+)? \d+(\.\d+)?$/m);
      await child.printed(/^ETHUSDT \d+(\.\d+)? \d+(\.\d+)?$/m);
    }),

  "follow-book.mjs": () =>
    example("follow-book.mjs", [], async (child) => {
      const [, bid, ask] = await child.printed(/^(\d+\.?\d*) (\d+\.?\d*)$/m);
      expect(Number(bid)).toBeLessThan(Number(ask));
    }),

  "follow-merged.mjs": async () => {
    const service = Child.node("apps/order-book-service/dist/main.js", [], {
      IGGY_URL: run.brokerUrl,
      BOOK_VENUES: "binancespot",
      BOOK_PUBLISH_SYMBOLS: "BTCUSDT",
      GRPC_ADDR: "127.0.0.1:0",
    });
    try {
      const client = await IggyClient.connect(run.brokerUrl);
      await expect.poll(() => client.topics.get("merged-books", "books"), { timeout: 20_000 }).not.toBeNull();
      await client.close();
      await example("follow-merged.mjs", [], async (child) => {
        const [, bid, ask, spread] = await child.printed(
          /^BTCUSDT (\S+) binancespot {2}(\S+) binancespot {2}(\S+)$/m,
        );
        expect(Number(spread)).toBeCloseTo(Number(ask) - Number(bid), 6);
      });
    } finally {
      service.kill("SIGTERM");
      await service.exited;
    }
  },

  "resume.mjs": async () => {
    const file = join(folder, "trades.resume.json");
    const idsOf = (text: string) => [...text.matchAll(/^BTCUSDT (\d+)$/gm)].map(([, id]) => Number(id));
    let first = "";
    await example("resume.mjs", [file], async (child) => {
      await child.printed(/(?:^BTCUSDT \d+\n[\s\S]*){5}/m);
      child.kill("SIGKILL");
      await child.exited;
      first = child.output;
    });
    const saved = JSON.parse(await readFile(file, "utf8")) as { symbol: string; offset: number }[];
    expect(saved.map(({ symbol }) => symbol)).toEqual(["BTCUSDT", "ETHUSDT"]);
    let second = "";
    await example("resume.mjs", [file], async (child) => {
      await child.printed(/(?:^BTCUSDT \d+\n[\s\S]*){5}/m);
      second = child.output;
    });
    // Trades of the synthetic market are numbered one by one; at most the one under way is seen twice.
    const [before, after] = [idsOf(first), idsOf(second)];
    const last = before.at(-1)!;
    expect([last, last + 1]).toContain(after[0]);
    expect(after).toEqual(after.map((_, index) => after[0]! + index));
  },

  "skip-when-slow.mjs": () =>
    example("skip-when-slow.mjs", [], async (child) => {
      const [, count] = await child.printed(/^(\d+) trades were left out$/m);
      expect(Number(count)).toBeGreaterThan(0);
    }),

  "sum-fast.mjs": () =>
    example("sum-fast.mjs", [], async (child) => {
      await child.printed(/^200 \d+n \d+$/m);
    }),

  "test-with-mock.mjs": () =>
    example("test-with-mock.mjs", [], async (child) => {
      expect(await child.exited, child.output).toBe(0);
      expect(child.output).toMatch(/# pass 1$/m);
    }),
};

describe("examples of the client", { timeout: 60_000 }, () => {
  for (const [name, test] of Object.entries(tests)) it(name, test);

  it("are all run", async () => {
    const files = await readdir(join(workspaceRoot, "examples"));
    expect(Object.keys(tests).sort()).toEqual(files.filter((name) => name.endsWith(".mjs")).sort());
  });
});
