import type { JsonObject } from "@ims/integration-kit";
import { readText, readTime } from "@ims/integration-kit";

/** A contract that was listed, changed its state or is settled, as futures announce it. */
export interface ContractInfo {
  readonly symbol: string;
  /** The venue's own words. */
  readonly contractType: string;
  readonly venueStatus: string;
  /** Microseconds since 1970; 0 where the venue does not say. */
  readonly deliveryMicros: number;
  readonly onboardMicros: number;
}

/** Reads a contractInfo record [Contract Info Stream]. Throws `Unusable`. */
export function readContractInfo(record: JsonObject): ContractInfo {
  return {
    symbol: readText(record, "s"),
    contractType: readText(record, "ct"),
    venueStatus: readText(record, "cs"),
    deliveryMicros: readTime(record, "dt") ?? 0,
    onboardMicros: readTime(record, "ot") ?? 0,
  };
}
