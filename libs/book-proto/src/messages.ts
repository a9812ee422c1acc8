import type { BookLevels } from "@ims/common";

/** The messages of `proto/order_books.proto` as they are read; 64-bit numbers are decimal texts. */
export interface SummaryMessage {
  readonly symbol: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly bids: readonly LevelMessage[];
  readonly asks: readonly LevelMessage[];
  /** Absent while a side is empty. */
  readonly spread?: string;
  readonly mid?: string;
  readonly midScale: number;
  readonly crossed: boolean;
  readonly locked: boolean;
  readonly venues: readonly VenueStateMessage[];
  readonly version: string;
  readonly conflated: string;
}

export interface LevelMessage {
  readonly venue: string;
  readonly price: string;
  readonly quantity: string;
}

export interface VenueStateMessage {
  readonly venue: string;
  readonly state: "WAITING" | "FRESH" | "SUSPECT" | "STALE";
  readonly reason: string;
  readonly ageMillis?: string;
  readonly eventMicros: string;
  readonly filteredLevels: string;
}

export interface SymbolMessage {
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  readonly venues: readonly { readonly venue: string; readonly symbol: string }[];
}

export interface BookSummaryRequestMessage {
  readonly symbol: string;
  /** 0 for the default. */
  readonly depth: number;
  readonly venues: readonly string[];
}

/** A summary to be encoded, beside symbol and venues, which all summaries of a merge share. */
export interface OutgoingSummary {
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly bids: OutgoingLevels;
  readonly asks: OutgoingLevels;
  /** Mantissas; absent while a side is empty. */
  readonly spread?: bigint | undefined;
  readonly mid?: bigint | undefined;
  readonly midScale: number;
  readonly crossed: boolean;
  readonly locked: boolean;
  /** In the order of the venues. */
  readonly venueStates: readonly OutgoingVenueState[];
  readonly version: number;
}

/** Levels in columns, best first. */
export interface OutgoingLevels {
  readonly count: number;
  /** Of each level, the number of its venue. */
  readonly venues: Uint8Array;
  readonly levels: BookLevels;
}

export interface OutgoingVenueState {
  readonly state: VenueStateMessage["state"];
  readonly reason: string;
  readonly ageMillis?: number | undefined;
  readonly eventMicros: number;
  readonly filteredLevels: number;
}
