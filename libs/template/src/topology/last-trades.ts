import { DataType, marketDataTopicOf } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { peekTemplateId, v2 } from "@ims/sbe";
import { inject, Lifecycle, scoped } from "tsyringe";
import { SbeSink } from "../publishing/sbe-sink.js";
import { CLIENT } from "../service/tokens.js";
import { StreamTopology } from "./stream-topology.js";

/** Records of a partition that are looked at, from the end. */
const TAIL_COUNT = 5000;

/**
 * The trades behind which feeds go on that ended though nobody stopped them: with the service itself, or because their
 * last reader fell silent. That reader may come back and go on behind its last trade. An integration that knows the ids
 * reads what came since. Each is given out once: a feed that is stopped and started later begins where it is.
 */
@scoped(Lifecycle.ContainerScoped)
export class LastTrades {
  #ids = new Map<string, number>();
  /** Bounded by the venue's symbols. */
  readonly #interrupted = new Set<string>();

  constructor(@inject(SbeSink) private readonly sink: Pick<SbeSink, "lastTradeId">) {}

  /** Takes over the ids of these symbols. */
  keep(ids: ReadonlyMap<string, number>, isMeant: (symbol: string) => boolean): void {
    this.#ids = new Map([...ids].filter(([symbol]) => isMeant(symbol)));
  }

  has(symbol: string): boolean {
    return this.#ids.has(symbol);
  }

  /** The feed's last reader fell silent. What is published until the venue has stopped it counts too. */
  interrupt(symbol: string): void {
    this.#interrupted.add(symbol);
  }

  take(symbol: string): number | undefined {
    const stored = this.#ids.get(symbol);
    this.#ids.delete(symbol);
    const published = this.#interrupted.delete(symbol) ? this.sink.lastTradeId(symbol) : undefined;
    return published ?? stored;
  }
}

/** Reads the last trades from the broker. */
@scoped(Lifecycle.ContainerScoped)
export class LastTradesReader {
  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "poll">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
  ) {}

  /** The largest trade id of each symbol that is found near the end. */
  async read(): Promise<ReadonlyMap<string, number>> {
    const topic = marketDataTopicOf(DataType.Trade)!;
    const ids = new Map<string, number>();
    for (let partitionId = 0; partitionId < this.topology.partitionCount(topic); partitionId++) {
      await this.#readPartition(topic, partitionId, ids);
    }
    return ids;
  }

  async #readPartition(topic: string, partitionId: number, ids: Map<string, number>): Promise<void> {
    const { exchange, marketDataStream } = this.topology.names;
    const polled = await this.client.poll({
      stream: marketDataStream,
      topic,
      partitionId,
      consumer: { kind: "consumer", id: `${exchange}-data-service` },
      strategy: { kind: "last" },
      count: TAIL_COUNT,
    });
    const decoder = new v2.TradeDecoder();
    const symbols = new Map<number, string>();
    while (polled.next()) {
      const { payloadLength, payloadStart, view } = polled;
      if (peekTemplateId(view, payloadStart, payloadLength) !== v2.TradeDecoder.TEMPLATE_ID) continue;
      const trade = decoder.wrapAndApplyHeader(view, payloadStart, payloadLength);
      const instrumentId = trade.instrumentId();
      const symbol = symbols.get(instrumentId) ?? trade.symbol();
      symbols.set(instrumentId, symbol);
      ids.set(symbol, Math.max(ids.get(symbol) ?? 0, trade.tradeIdNumber()));
    }
    polled.release();
  }
}
