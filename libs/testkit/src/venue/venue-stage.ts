import type { DataType, SimulatedClock } from "@ims/common";
import type { ImsDataIntegration, IntegrationContext } from "@ims/traits";

/** A trade that the venue really made. */
export interface VenueTrade {
  readonly tradeId: number;
  /** Decimal text, however the venue prints it. */
  readonly price: string;
  readonly quantity: string;
}

/**
 * A plugin and the venue that it is held against, in simulated time and within the process. The venue trades by itself
 * while the clock advances: each of {@link symbols} at least once in two seconds, so that a case never waits for luck.
 */
export interface VenueStage {
  readonly clock: SimulatedClock;
  /** Two tradable symbols, and a name that the venue does not list. */
  readonly symbols: readonly [string, string];
  readonly unknownSymbol: string;
  /** Kinds of data of which a record comes within a minute. Others are only started and stopped. */
  readonly flowing: readonly DataType[];
  /** A symbol that has a kind of data which the first of {@link symbols} has not, such as an option. Default: the first. */
  symbolOf?(dataType: DataType): string | undefined;
  /** Makes the plugin, connected to this venue. Called once. */
  create(context: IntegrationContext): ImsDataIntegration;
  /** Id of the newest trade of a symbol; 0 before the first. */
  lastTradeId(symbol: string): number;
  /** The trades with ids in this range that exist, both inclusive, in order. */
  trades(symbol: string, fromId: number, toId: number): readonly VenueTrade[];
  /** Ends every connection at once, without a close frame. */
  cutConnections(): void;
  /** Connections that the venue sees. */
  readonly connectionCount: number;
  /** Ends the venue and all that the stage itself has running. */
  close(): Promise<void>;
}
