/** How a problem is mended. Everything that is cut off or set aside stays beside its place with the suffix `.damaged`. */
export type StorageRepair =
  /** Keeps the bytes in front of `position`; `derived` files are made again from what stays. */
  | {
      readonly kind: "cut";
      readonly path: string;
      readonly position: number;
      readonly derived: readonly string[];
    }
  /** Takes whole files or folders out of use. */
  | { readonly kind: "set-aside"; readonly paths: readonly string[]; readonly derived: readonly string[] }
  /** Removes files that say nothing of their own: they are made again. */
  | { readonly kind: "remove"; readonly derived: readonly string[] }
  /** Sets bytes to zero, which stands for "never written". */
  | { readonly kind: "clear"; readonly path: string; readonly position: number; readonly byteCount: number }
  /** Only a backup helps. */
  | { readonly kind: "none" };

/** One place where stored bytes are not as they were written. */
export interface StorageProblem {
  readonly path: string;
  /** Byte of the file at which the damage begins. */
  readonly position: number;
  readonly what: string;
  /** What is gone for good once it is repaired. */
  readonly loss: string;
  readonly repair: StorageRepair;
}
