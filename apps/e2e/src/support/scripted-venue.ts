import type { DataType, ExchangeId, Instrument } from "@ims/common";
import type { DataServiceOptions } from "@ims/template";

type Factory = DataServiceOptions["integration"];
type Integration = ReturnType<Factory>;
type Sink = Parameters<Factory>[0]["sink"];

/** A venue whose records a test makes itself, and which remembers what it was asked for. */
export class ScriptedVenue implements Integration {
  readonly description: Integration["description"];
  /** Starts and stops in their order: data type and symbols. */
  readonly calls: string[] = [];
  /** Called when a book is started, also once more while it runs, as a venue passes it on. */
  onBookStarted: ((symbol: string) => void) | undefined;
  sink!: Sink;

  constructor(
    exchange: ExchangeId,
    dataTypes: readonly DataType[],
    private readonly instruments: readonly Instrument[],
    private readonly bookType: DataType,
  ) {
    this.description = { exchange, title: "Scripted venue", dataTypes, resolutions: [] };
  }

  readonly factory: Factory = ({ sink }) => {
    this.sink = sink;
    return this;
  };

  /** The number of a symbol in the service's streams. */
  idOf(symbol: string): number {
    return this.sink.register(this.instruments.find((instrument) => instrument.symbol === symbol)!);
  }

  async symbols(): Promise<readonly Instrument[]> {
    return this.instruments;
  }

  async validate(symbols: readonly string[]): ReturnType<Integration["validate"]> {
    const isListed = (symbol: string) => this.instruments.some((instrument) => instrument.symbol === symbol);
    return {
      valid: this.instruments.filter(({ symbol }) => symbols.includes(symbol)),
      invalid: symbols
        .filter((symbol) => !isListed(symbol))
        .map((symbol) => ({ symbol, reason: "it is not listed", suggestions: [] })),
    };
  }

  async start({ dataType }: Parameters<Integration["start"]>[0], symbols: readonly string[]): Promise<void> {
    this.calls.push(`start ${dataType} ${symbols}`);
    if (dataType === this.bookType) for (const symbol of symbols) this.onBookStarted?.(symbol);
  }

  async stop({ dataType }: Parameters<Integration["stop"]>[0], symbols: readonly string[]): Promise<void> {
    this.calls.push(`stop ${dataType} ${symbols}`);
  }

  async stopAll(): Promise<void> {}

  async shutdown(): Promise<void> {}

  status(): ReturnType<Integration["status"]> {
    return { connected: true, connectionCount: 1, reconnectCount: 0, subscriptions: [] };
  }
}
