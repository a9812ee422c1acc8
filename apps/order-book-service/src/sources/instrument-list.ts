import type { Instrument } from "@ims/common";

/** The instruments of a venue, told again only when what decides about merges is different. */
export class InstrumentList {
  readonly #instruments = new Map<string, Instrument>();
  #isTold = false;

  constructor(private readonly listed: (instruments: readonly Instrument[]) => void) {}

  /** The whole list, as it is now. */
  replace(instruments: readonly Instrument[]): void {
    const isSame =
      this.#isTold &&
      instruments.length === this.#instruments.size &&
      instruments.every((instrument) => isSameListing(this.#instruments.get(instrument.symbol), instrument));
    if (isSame) return;
    this.#instruments.clear();
    for (const instrument of instruments) this.#instruments.set(instrument.symbol, instrument);
    this.#tell();
  }

  /** One instrument that is new or different. Before the whole list it is of no use: that will have it. */
  change(instrument: Instrument): void {
    const before = this.#instruments.get(instrument.symbol);
    if (!this.#isTold || isSameListing(before, instrument)) return;
    this.#instruments.set(instrument.symbol, instrument);
    this.#tell();
  }

  #tell(): void {
    this.#isTold = true;
    this.listed([...this.#instruments.values()]);
  }
}

function isSameListing(left: Instrument | undefined, right: Instrument): boolean {
  return (
    left !== undefined &&
    left.base === right.base &&
    left.quote === right.quote &&
    left.kind === right.kind &&
    (left.status === "expired") === (right.status === "expired")
  );
}
