import type { DeployLimits, FilterVersion, ModuleStore } from "@ims/filter-control";
import {
  type CheckedModule,
  checkModule,
  FILTER_LIMITS,
  FILTER_PROFILE,
  requireTrusted,
  type TrustList,
} from "@ims/wasm-runtime";

/** Checked modules that are kept; others are checked again. */
const KEPT_MAX = 16;

/** Stored modules, checked for use. */
export class ModuleLibrary {
  private readonly kept = new Map<string, Promise<CheckedModule>>();

  /** @param trusted keys of which one has to have signed a module; `undefined`: signatures are not looked at */
  constructor(
    private readonly store: Pick<ModuleStore, "load">,
    private readonly trusted: TrustList | undefined,
  ) {}

  /**
   * A module, found by its SHA-256 and checked.
   * @throws ImsError (rejected) `filter.module-missing`, `filter.bad-module`, and what `checkModule` refuses
   */
  checked(module: string, { memoryPages = FILTER_LIMITS.memoryPages }: DeployLimits): Promise<CheckedModule> {
    const key = `${module}/${memoryPages}`;
    const before = this.kept.get(key);
    if (before !== undefined) return before;
    const checking = this.check(module, memoryPages);
    this.kept.set(key, checking);
    if (this.kept.size > KEPT_MAX) this.kept.delete(this.kept.keys().next().value!);
    checking.catch(() => this.kept.delete(key));
    return checking;
  }

  /** @throws ImsError `wasm.untrusted` for a version whose signature does not satisfy the trust list */
  requireSigned({ module, signature }: FilterVersion): void {
    if (!this.trusted) return;
    requireTrusted(module, signature === undefined ? undefined : Buffer.from(signature, "hex"), this.trusted);
  }

  private async check(module: string, memoryPages: number): Promise<CheckedModule> {
    const octets = await this.store.load(module);
    return checkModule(octets, FILTER_PROFILE, { ...FILTER_LIMITS, memoryPages }, module);
  }
}
