import type { CatalogChange } from "../catalog/catalog-change.js";

/** What a metadata command decided: a change to make, and the payload once it is made. */
export interface Decision {
  readonly change: CatalogChange;
  /** Called after the change is applied; nothing for an empty payload. */
  readonly payload?: () => Uint8Array;
}
