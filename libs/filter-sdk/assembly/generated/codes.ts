// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.

export enum RecordFlags {
  /** full state, not a change */
  Snapshot = 1,
  /** no further record of the same venue event follows */
  LastInEvent = 2,
  /** read later over REST */
  BackFilled = 4,
  /** not yet proven right */
  Suspect = 8,
  /** out of its usual order */
  Late = 16,
  /** eventTime is not the venue's */
  VenueTimeMissing = 32,
}

export enum AggressorSide {
  Unknown = 0,
  Buyer = 1,
  Seller = 2,
}

export enum TradeKind {
  Regular = 0,
  InsuranceFund = 1,
  AutoDeleveraging = 2,
  Block = 3,
  Liquidation = 4,
  RetailPriceImprovement = 5,
  Correction = 6,
}

export enum BarState {
  Forming = 0,
  Closed = 1,
  Revised = 2,
}

export enum InstrumentKind {
  Spot = 1,
  Perpetual = 2,
  Future = 3,
  Option = 4,
}

export enum InstrumentStatus {
  Unknown = 0,
  Trading = 1,
  Halted = 2,
  Pending = 3,
  Expired = 4,
}

export enum OptionType {
  None = 0,
  Call = 1,
  Put = 2,
}

export enum Side {
  Unknown = 0,
  Buy = 1,
  Sell = 2,
}

export enum OrderStatus {
  Unknown = 0,
  New = 1,
  PartiallyFilled = 2,
  Filled = 3,
  Canceled = 4,
  Expired = 5,
  Rejected = 6,
}

export enum OrderEvent {
  Unknown = 0,
  /** the order joined the book */
  Created = 1,
  /** less of it is left, or it was amended */
  Changed = 2,
  /** it left the book: filled, canceled or expired */
  Deleted = 3,
}

export enum OrderKind {
  Unknown = 0,
  Limit = 1,
  /** in transit: it has no price */
  Market = 2,
}

export enum OrderMarks {
  /** the venue closes a position with it */
  Liquidation = 1,
  /** it was a stop order, which was triggered */
  Stop = 2,
}

export enum GapReason {
  Unknown = 0,
  /** the venue was not connected */
  ConnectionLost = 1,
  /** ids were missing on a live connection */
  SequenceBroken = 2,
  /** records were shed here */
  QueueFull = 3,
  /** the venue began its ids anew or was in maintenance */
  VenueRestarted = 4,
  /** the service was not running */
  ServiceRestarted = 5,
}

export enum FeedState {
  /** asked for, no record yet */
  Starting = 1,
  /** records come as expected */
  Live = 2,
  /** no records, and the venue has none either */
  Quiet = 3,
  /** records are missing; a restart is under way */
  Stale = 4,
  /** restarts did not help; they go on */
  Dead = 5,
  /** the venue does not give this data */
  Refused = 6,
  /** nobody asks for it any more */
  Stopped = 7,
}

export enum BookCondition {
  /** the best bid is above the best ask */
  Crossed = 1,
  /** the best bid equals the best ask */
  Locked = 2,
  /** a venue of the merge is left out; group venues says which */
  VenueMissing = 4,
}

export enum AverageMethod {
  /** mean of the prices */
  Simple = 1,
  /** half-life in trades */
  ExponentialByCount = 2,
  /** half-life in time */
  ExponentialByTime = 3,
  VolumeWeighted = 4,
  TimeWeighted = 5,
}

export enum AverageState {
  /** the window is open */
  Forming = 0,
  /** the window is over */
  Closed = 1,
  /** replaces one that was published as closed */
  Revised = 2,
  /** the window is over and had no trade */
  Empty = 3,
}

export enum SignatureAlgorithm {
  /** SHA-256 digest, RFC 6979 nonce, 64 octets r and s */
  EcdsaSecp256k1 = 1,
  /** BIP-340 */
  SchnorrSecp256k1 = 2,
  /** RFC 8032 */
  Ed25519 = 3,
}
