import type { CanonicalSymbolsOptions } from "@ims/book-merge";
import { type Clock, systemClock } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { BookServer } from "./grpc/book-server.js";
import { BookHub } from "./hub/book-hub.js";
import { MergedPublisher, type MergedPublisherOptions } from "./publishing/merged-publisher.js";
import type { BookSource } from "./sources/book-source.js";

export interface OrderBookServiceOptions extends CanonicalSymbolsOptions {
  readonly sources: readonly BookSource[];
  /** `host:port` to listen on; port 0 for any free one. */
  readonly address: string;
  readonly staleAfterMillis: number;
  readonly releaseAfterMillis: number;
  /** Merged books are also published to the broker; absent: they are not. */
  readonly publishing?: Omit<MergedPublisherOptions, "clock" | "logger"> | undefined;
  readonly clock?: Clock;
  readonly logger: IntegrationLogger;
}

export interface OrderBookService {
  readonly port: number;
  readonly hub: BookHub;
  readonly server: BookServer;
  readonly publisher: MergedPublisher | undefined;
  /** Ends streams, server and sources; nothing is left behind. */
  close(): Promise<void>;
}

/**
 * Starts sources and server.
 * @throws ImsError `grpc.address`; nothing is left open then
 */
export async function startOrderBookService(options: OrderBookServiceOptions): Promise<OrderBookService> {
  const { clock = systemClock, logger } = options;
  const hub = new BookHub(options.sources, {
    ...options,
    clock,
    onLeftOut: (symbol) => logger.warn(symbol, "a symbol of a venue is not merged"),
  });
  const server = new BookServer(hub, clock, logger);
  try {
    await server.listen(options.address);
  } catch (error) {
    await hub.close();
    throw error;
  }
  hub.open();
  const publisher = options.publishing && new MergedPublisher(hub, { ...options.publishing, clock, logger });
  publisher?.open();
  logger.info({ address: options.address, port: server.port, venues: hub.venues }, "merged books are served");
  return {
    port: server.port,
    hub,
    server,
    publisher,
    close: async () => {
      await server.close();
      await publisher?.close();
      await hub.close();
    },
  };
}
