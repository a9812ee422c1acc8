import { type Clock, describeError } from "@ims/common";
import type { ImsDataIntegration } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { CLOCK, INTEGRATION } from "../service/tokens.js";
import type { ControlRequest } from "./control-request.js";
import type { SymbolVerdict } from "./request-checks.js";

/** A client waits about 5 s for its reply; what the venue has not told by then is refused as unavailable. */
const VALIDATION_MILLIS_MAX = 3000;

/** Asks the venue about the symbols that requests name. */
@scoped(Lifecycle.ContainerScoped)
export class SymbolVerdicts {
  constructor(
    @inject(INTEGRATION) private readonly integration: ImsDataIntegration,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {}

  /** One question for all requests; an empty map when the venue fails or takes too long. */
  async of(requests: readonly ControlRequest[]): Promise<ReadonlyMap<string, SymbolVerdict>> {
    const symbols = new Set<string>();
    for (const request of requests) {
      if (request.kind !== "start" && request.kind !== "stop") continue;
      for (const symbol of request.symbols) symbols.add(symbol);
    }
    return this.ofSymbols(symbols);
  }

  /** As {@link of}, for symbols that no request names. */
  async ofSymbols(symbols: ReadonlySet<string>): Promise<ReadonlyMap<string, SymbolVerdict>> {
    const verdicts = new Map<string, SymbolVerdict>();
    if (symbols.size === 0) return verdicts;
    let timer: { cancel(): void } | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = this.clock.setTimer(VALIDATION_MILLIS_MAX, () => resolve(undefined));
    });
    try {
      const validation = await Promise.race([this.integration.validate([...symbols]), tooLate]);
      for (const instrument of validation?.valid ?? []) verdicts.set(instrument.symbol, instrument);
      for (const invalid of validation?.invalid ?? []) verdicts.set(invalid.symbol, invalid);
      for (const [name, symbol] of validation?.aliases ?? []) {
        const verdict = verdicts.get(symbol);
        if (verdict) verdicts.set(name, verdict);
      }
      if (!validation) this.log.warn("validation", "the venue did not check symbols in time", () => ({}));
    } catch (error) {
      this.log.error("validation", "symbols could not be checked", () => ({ error: describeError(error) }));
    } finally {
      timer?.cancel();
    }
    return verdicts;
  }
}
