import { DataType, marketDataTopicOf } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { peekTemplateId, v2 } from "@ims/sbe";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLIENT } from "../service/tokens.js";
import { StreamTopology } from "./stream-topology.js";

/** Records of a partition that are looked at, from the end. */
const TAIL_COUNT = 5000;

/**
 * The ids of the trades that the service stored last before it was started anew, by symbol. An integration that knows
 * them reads what came since. Each is given out once: a feed that is stopped and started later begins where it is.
 */
@scoped(Lifecycle.ContainerScoped)
export class LastTrades {
  #ids = new Map<string, number>();

  /** Takes over the ids of these symbols. */
  keep(ids: ReadonlyMap<string, number>, isMeant: (symbol: string) => boolean): void {
    this.#ids = new Map([...ids].filter(([symbol]) => isMeant(symbol)));
  }

  has(symbol: string): boolean {
    return this.#ids.has(symbol);
  }

  take(symbol: string): number | undefined {
    const id = this.#ids.get(symbol);
    this.#ids.delete(symbol);
    return id;
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
