const KEPT_REPLIES = 5;

interface Kept {
  readonly checksum: bigint;
  readonly frame: Uint8Array;
}

/** What the ledger says of a metadata request: new, or done before with or without its reply at hand. */
export type LedgerAnswer =
  | { readonly kind: "new" }
  | { readonly kind: "reply"; readonly frame: Uint8Array }
  | { readonly kind: "applied" }
  | { readonly kind: "silence" };

/** Recognises repeated metadata requests of one client by their number (wire.md section 4.4). */
export class RequestLedger {
  private watermark = 0n;
  private readonly kept = new Map<bigint, Kept>();

  /** @param checksum of the request, 0 = unstamped */
  look(request: bigint, checksum: bigint): LedgerAnswer {
    if (request > this.watermark) return { kind: "new" };
    const known = this.kept.get(request);
    if (!known) return { kind: "applied" };
    const differs = checksum !== 0n && known.checksum !== 0n && checksum !== known.checksum;
    return differs ? { kind: "silence" } : { kind: "reply", frame: known.frame };
  }

  keep(request: bigint, checksum: bigint, frame: Uint8Array): void {
    this.watermark = request;
    this.kept.set(request, { checksum, frame });
    if (this.kept.size > KEPT_REPLIES) this.kept.delete(this.kept.keys().next().value!);
  }
}
