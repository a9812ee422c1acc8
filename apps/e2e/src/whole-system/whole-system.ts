import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "../support/child.js";
import { MARKETS, type MarketPlan, Venue } from "./markets.js";
import { killNow, ProcessGroup } from "./process-group.js";
import { Reader } from "./reader.js";
import { accountOf, type TradeAccount } from "./trade-account.js";

export interface WholeSystemOptions {
  readonly seed: number;
  /** Of each market, over all its symbols. */
  readonly tradesPerSecond: number;
}

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
    await Promise.all(MARKETS.map((plan) => this.#startService(plan)));
    for (const plan of MARKETS) {
      for (let index = 0; index < plan.readerCount; index++) this.#addReader(plan);
    }
    await Promise.all(this.readers.map((reader) => reader.reached({})));
  }

  /** Kills the broker and starts it again; resolves when every reader has trades made after that. */
  async killBroker(): Promise<void> {
    await killNow(this.#broker);
    this.#count("broker");
    await this.#startBroker();
    await this.caughtUp();
  }

  async killService(plan: MarketPlan): Promise<void> {
    await killNow(this.#services.get(plan)!);
    this.#count(plan.app);
    await this.#startService(plan);
    await this.caughtUp([plan]);
  }

  /** Several at the same time. */
  async killReaders(readers: readonly Reader[]): Promise<void> {
    await Promise.all(readers.map((reader) => reader.kill()));
    for (const _ of readers) this.#count("client");
    await this.caughtUp([...new Set(readers.map(({ plan }) => plan))]);
  }

  /** Resolves when the readers of these markets have every symbol's newest trade of now, or a later one. */
  async caughtUp(plans: readonly MarketPlan[] = MARKETS): Promise<void> {
    await Promise.all(
      plans.map(async (plan) => {
        const ids: Record<string, number> = {};
        for (const symbol of plan.symbols) ids[symbol] = await this.#venues.get(plan)!.lastTradeId(symbol);
        const readers = this.readers.filter((reader) => reader.plan === plan);
        await Promise.all(readers.map((reader) => reader.reached(ids)));
      }),
    );
  }

  /** Ends the readers and holds what they have against the venues; by client and symbol. */
  async accounts(): Promise<ReadonlyMap<string, TradeAccount>> {
    const found = new Map<string, TradeAccount>();
    await Promise.all(
      this.readers.map(async (reader) => {
        const { clientId, plan } = reader;
        const journal = await reader.finish();
        const broken = journal.filter(({ kind }) => ["malformed", "lost", "missed"].includes(kind));
        for (const symbol of plan.symbols) {
          const account = await accountOf(this.#venues.get(plan)!, symbol, journal);
          const faults = [...account.faults, ...broken.map((entry) => JSON.stringify(entry))];
          found.set(`client ${clientId} ${plan.name} ${symbol}`, { ...account, faults });
        }
      }),
    );
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
    this.#broker = this.#processes.start("apps/ims-client/bin/ims.js", [
      ...["broker", "--port", String(this.#port), "--data-dir", join(this.#folder, "broker")],
    ]);
    const [, port] = await this.#broker.printed(/listening on iggy:\/\/127\.0\.0\.1:(\d+)/);
    this.#port = Number(port);
  }

  async #startService(plan: MarketPlan): Promise<void> {
    const { restUrl, wsUrl } = this.#venues.get(plan)!;
    const service = this.#processes.start(`apps/${plan.app}/dist/main.js`, [], {
      IGGY_URL: this.#url,
      IMS_BROKER: "external",
      IMS_DATA_DIR: join(this.#folder, plan.app),
      IMS_HTTP_PORT: "0",
      IMS_HEARTBEAT_MILLIS: "500",
      IMS_SESSION_EXPIRY_MILLIS: "3000",
      [`BINANCE_${plan.setting}_REST_URL`]: restUrl,
      [`BINANCE_${plan.setting}_WS_URL`]: wsUrl,
    });
    this.#services.set(plan, service);
    await service.printed(/\bready\b/);
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
