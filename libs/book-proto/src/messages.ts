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

/** A 64-bit number by its words, as the encoder takes it without making a text. */
export interface Words {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** A summary to be encoded; numbers may stand as texts, numbers or words. */
export interface OutgoingSummary {
  readonly symbol: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly bids: readonly OutgoingLevel[];
  readonly asks: readonly OutgoingLevel[];
  readonly spread?: string;
  readonly mid?: string;
  readonly midScale: number;
  readonly crossed: boolean;
  readonly locked: boolean;
  readonly venues: readonly OutgoingVenueState[];
  readonly version: number;
}

export interface OutgoingLevel {
  readonly venue: string;
  readonly price: Words;
  readonly quantity: Words;
}

export interface OutgoingVenueState {
  readonly venue: string;
  readonly state: VenueStateMessage["state"];
  readonly reason: string;
  readonly ageMillis?: number;
  readonly eventMicros: number;
  readonly filteredLevels: number;
}
