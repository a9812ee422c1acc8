import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "../support/child.js";
import { MARKETS, type MarketPlan, Venue } from "./markets.js";
import { ProcessGroup } from "./process-group.js";
import { Reader } from "./reader.js";
import { accountOf, spanOf, type TradeAccount } from "./trade-account.js";

export interface WholeSystemOptions {
  readonly seed: number;
  /** Of each market, over all its symbols. */
  readonly tradesPerSecond: number;
}

/** What can be killed: the broker, the service of a market, a client. */
export type Victim = "broker" | MarketPlan | Reader;

const FIRST_CLIENT_ID = 1000;

/** Broker, three venues, three services and ten clients, each a process of its own. */
export class WholeSystem {
  readonly readers: Reader[] = [];
  readonly killCounts = new Map<string, number>();
  readonly #processes = new ProcessGroup();
  readonly #venues = new Map<MarketPlan, Venue>();
  readonly #services = new Map<MarketPlan, Child>();
  #folder = "";
  #broker!: Child;
  #port = 0;

  /** Resolves when every reader has trades of all its symbols. */
  async start({ seed, tradesPerSecond }: WholeSystemOptions): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "ims-e2e-"));
    const venues = MARKETS.map((plan, index) =>
      Venue.start(this.#processes, plan, { seed: seed + index, tradesPerSecond }),
    );
    await this.#startBroker();
    for (const venue of await Promise.all(venues)) this.#venues.set(venue.plan, venue);
    await Promise.all(MARKETS.map((plan) => this.#startService(plan).printed(/\bready\b/)));
    for (const plan of MARKETS) {
      for (let index = 0; index < plan.readerCount; index++) this.#addReader(plan);
    }
    await this.#processes.whileAlive(Promise.all(this.readers.map((reader) => reader.reached({}))));
  }

  /** Everything that may be killed. */
  get victims(): readonly Victim[] {
    return ["broker", ...MARKETS, ...this.readers];
  }

  /** kill -9 of all of them at the same time; resolves when they are started again, before they are ready. */
  async kill(victims: readonly Victim[]): Promise<void> {
    await Promise.all(
      victims.map((victim) => {
        this.#count(nameOf(victim));
        if (victim instanceof Reader) return victim.kill();
        return this.#processes.kill(victim === "broker" ? this.#broker : this.#services.get(victim)!);
      }),
    );
    await Promise.all(
      victims.map((victim) => {
        if (victim instanceof Reader) return victim.start();
        return victim === "broker" ? this.#startBroker() : this.#startService(victim);
      }),
    );
  }

  /** Resolves when every reader has every symbol's newest trade of now, or a later one. */
  async caughtUp(): Promise<void> {
    await this.#processes.whileAlive(
      Promise.all(
        MARKETS.map(async (plan) => {
          const ids: Record<string, number> = {};
          for (const symbol of plan.symbols) ids[symbol] = await this.#venues.get(plan)!.lastTradeId(symbol);
          const readers = this.readers.filter((reader) => reader.plan === plan);
          await Promise.all(readers.map((reader) => reader.reached(ids)));
        }),
      ),
    );
  }

  /** Ends the readers and holds what they have against the venues; by client and symbol. */
  async accounts(): Promise<ReadonlyMap<string, TradeAccount>> {
    const journals = await this.#processes.whileAlive(
      Promise.all(this.readers.map(async (reader) => [reader, await reader.finish()] as const)),
    );
    const found = new Map<string, TradeAccount>();
    for (const plan of MARKETS) {
      const own = journals.filter(([reader]) => reader.plan === plan);
      for (const symbol of plan.symbols) {
        const spans = own.flatMap(([, journal]) => spanOf(symbol, journal) ?? []);
        const firstId = Math.min(...spans.map((span) => span.firstId));
        const lastId = Math.max(...spans.map((span) => span.lastId));
        const truth = await this.#venues.get(plan)!.trades(symbol, firstId, lastId);
        for (const [{ clientId }, journal] of own) {
          found.set(`client ${clientId}, ${plan.name} ${symbol}`, accountOf(truth, symbol, journal));
        }
      }
    }
    return found;
  }

  /** Whatever happened: nothing runs any more and nothing is left. */
  async end(): Promise<void> {
    await this.#processes.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What the services and the broker printed, for a failed run. */
  get output(): string {
    const children = [this.#broker, ...this.#services.values()];
    return children.map(({ errors, output }) => `${output}\n${errors}`).join("\n");
  }

  async #startBroker(): Promise<void> {
    this.#broker = this.#processes.start("libs/iggy-broker/dist/bin.js", [
      ...["--port", String(this.#port), "--data-dir", join(this.#folder, "broker")],
    ]);
    const [, port] = await this.#broker.printed(/listening on 127\.0\.0\.1:(\d+)/);
    this.#port = Number(port);
  }

  #startService(plan: MarketPlan): Child {
    const { restUrl, wsUrl } = this.#venues.get(plan)!;
    const service = this.#processes.start(`apps/${plan.app}/dist/main.js`, [], {
      IGGY_URL: this.#url,
      IMS_BROKER: "external",
      IMS_DATA_DIR: join(this.#folder, plan.app),
      IMS_HTTP_PORT: "0",
      IMS_HEARTBEAT_MILLIS: "300",
      IMS_SESSION_EXPIRY_MILLIS: "2000",
      [`BINANCE_${plan.setting}_REST_URL`]: restUrl,
      [`BINANCE_${plan.setting}_WS_URL`]: wsUrl,
    });
    this.#services.set(plan, service);
    return service;
  }

  #addReader(plan: MarketPlan): void {
    const clientId = FIRST_CLIENT_ID + this.readers.length;
    const journal = join(this.#folder, `reader-${clientId}.jsonl`);
    this.readers.push(new Reader(this.#processes, plan, { url: this.#url, clientId, journal }));
  }

  get #url(): string {
    return `iggy://iggy:iggy@127.0.0.1:${this.#port}`;
  }

  #count(name: string): void {
    this.killCounts.set(name, (this.killCounts.get(name) ?? 0) + 1);
  }
}

function nameOf(victim: Victim): string {
  if (victim instanceof Reader) return "clients";
  return victim === "broker" ? victim : victim.app;
}
