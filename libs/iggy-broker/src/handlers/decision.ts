import type { CatalogChange } from "../catalog/catalog-change.js";

/** What a metadata command decided. */
export interface Decision {
  /** The change to make; absent when nothing of it outlives the process, as with the membership of a group. */
  readonly change?: CatalogChange;
  /** Called once the change is durable and in the catalog; must not fail. */
  readonly applied?: () => void;
  /** Called behind `applied`; nothing for an empty payload. */
  readonly payload?: () => Uint8Array;
  /** Error that a repetition of the request is answered in place of the reply, which must not be shown twice. */
  readonly repeatedAs?: number;
}
