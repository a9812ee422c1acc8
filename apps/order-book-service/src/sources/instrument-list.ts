import type { Instrument } from "@ims/common";

/**
 * The instruments that a venue lists, told again only when what decides about merges is different. What has expired is
 * listed no more: a venue of options would make the list grow for ever.
 */
export class InstrumentList {
  readonly #instruments = new Map<string, Instrument>();
  #isTold = false;
  #isChanged = false;

  constructor(private readonly listed: (instruments: readonly Instrument[]) => void) {}

  /** The whole list, as it is now. */
  replace(instruments: readonly Instrument[]): void {
    const listed = instruments.filter(({ status }) => status !== "expired");
    const isSame =
      this.#isTold &&
      listed.length === this.#instruments.size &&
      listed.every((instrument) => isSameListing(this.#instruments.get(instrument.symbol), instrument));
    if (isSame) return;
    this.#instruments.clear();
    for (const instrument of listed) this.#instruments.set(instrument.symbol, instrument);
    this.#tell();
  }

  /**
   * One instrument that is new or different. Before the whole list it is of no use: that will have it. Changes that come
   * together, as hundreds of options do that expire at one time, are told once.
   */
  change(instrument: Instrument): void {
    const { status, symbol } = instrument;
    const before = this.#instruments.get(symbol);
    const isExpired = status === "expired";
    if (!this.#isTold || (isExpired ? !before : isSameListing(before, instrument))) return;
    if (isExpired) this.#instruments.delete(symbol);
    else this.#instruments.set(symbol, instrument);
    if (this.#isChanged) return;
    this.#isChanged = true;
    queueMicrotask(() => this.#isChanged && this.#tell());
  }

  #tell(): void {
    this.#isTold = true;
    this.#isChanged = false;
    this.listed([...this.#instruments.values()]);
  }
}

function isSameListing(left: Instrument | undefined, right: Instrument): boolean {
  return (
    left !== undefined &&
    left.base === right.base &&
    left.quote === right.quote &&
    left.kind === right.kind &&
    left.contractSize === right.contractSize
  );
}
