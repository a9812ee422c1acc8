import { DataType, dataTypeName, type TimeResolutionText } from "@ims/common";
import type { RunReport } from "./report.js";
import type { Draws } from "./seeded.js";
import type { Integration } from "./sink-types.js";

/** One subscription that a run asks for. */
export interface Wanted {
  readonly symbol: string;
  readonly dataType: DataType;
  state: "idle" | "asked" | "placed" | "held back";
}

/** Asks the integration for every data type of every symbol, and again for what was refused, as clients would. */
export class Subscriber {
  readonly all: readonly Wanted[];

  constructor(
    private readonly integration: Integration,
    symbols: readonly string[],
    dataTypes: readonly DataType[],
    private readonly interval: TimeResolutionText,
    private readonly report: RunReport,
  ) {
    this.all = symbols.flatMap((symbol) =>
      dataTypes.map((dataType): Wanted => ({ symbol, dataType, state: "idle" })),
    );
  }

  /** What should run now. */
  get wanted(): readonly Wanted[] {
    return this.all.filter(({ state }) => state !== "held back");
  }

  /** Asks for whatever does not run. */
  retry(): void {
    for (const wanted of this.all) if (wanted.state === "idle") this.#start(wanted);
  }

  /** Ends one subscription; the returned function asks for it again. */
  stopOne(draws: Draws): () => void {
    const running = this.all.filter(({ state }) => state === "placed");
    if (running.length === 0) return () => {};
    const wanted = draws.pick(running);
    wanted.state = "held back";
    this.report.note(`stop ${wanted.symbol} ${dataTypeName(wanted.dataType)}`);
    this.integration.stop(this.#request(wanted), [wanted.symbol]).catch((error: unknown) => {
      this.report.violation(`stop failed: ${error}`);
    });
    return () => {
      wanted.state = "idle";
      this.#start(wanted);
    };
  }

  #start(wanted: Wanted): void {
    wanted.state = "asked";
    this.integration.start(this.#request(wanted), [wanted.symbol]).then(
      () => {
        if (wanted.state === "asked") wanted.state = "placed";
      },
      (error: unknown) => {
        this.report.note(`start ${wanted.symbol} ${dataTypeName(wanted.dataType)} refused: ${error}`);
        if (wanted.state === "asked") wanted.state = "idle";
      },
    );
  }

  #request({ dataType }: Wanted): { dataType: DataType; resolution?: TimeResolutionText } {
    return dataType === DataType.Bar ? { dataType, resolution: this.interval } : { dataType };
  }
}
