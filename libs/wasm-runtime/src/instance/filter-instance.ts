import { fail } from "../errors.js";
import { type FilterLimits, resolveLimits } from "../limits.js";
import { instantiateModule } from "../module/compile-module.js";
import type { CompiledModule, EngineMemory } from "../module/engine.js";
import { BatchInput } from "./batch-input.js";
import { readBatchOutput } from "./batch-output.js";
import type { BatchRecords } from "./batch-records.js";
import { BatchResult } from "./batch-result.js";
import {
  DESCRIPTION_BYTES_MAX,
  type FilterDescription,
  NO_DESCRIPTION,
  readDescription,
} from "./filter-description.js";
import { type FilterLogLevel, LOG_LINE_BYTES, LogGate } from "./log-gate.js";
import { ModuleMemory } from "./module-memory.js";
import { bad, type ParameterValues, type ResolvedParameter, resolveParameters } from "./parameter-values.js";
import { trap, trapOf } from "./trap.js";

/** Version of docs/formats/wasm-abi.md. */
export const ABI_VERSION = 1;

const NOTHING_EMITTED = { count: 0, address: 0 };

export interface FilterInstanceOptions {
  readonly limits?: Partial<FilterLimits>;
  /** Takes the module's lines that are not too many. */
  readonly log?: (level: FilterLogLevel, text: string) => void;
  /** For the rate of the log; the machine's by default. */
  readonly monotonicMillis?: () => number;
  /** In place of the two above: one gate for several instances. */
  readonly gate?: LogGate;
}

interface FilterExports {
  readonly memory: EngineMemory;
  ims_abi(): number;
  ims_alloc(length: number): number;
  ims_batch(entries: number, count: number): number;
  ims_describe?(): bigint;
  ims_param?(index: number, mantissa: bigint, scale: number): number;
  ims_param_text?(index: number, address: number, length: number): number;
  ims_emitted?(): number;
  ims_snapshot?(): bigint;
  ims_restore?(address: number, length: number): number;
  _initialize?(): void;
}

/**
 * One instance of a filter in the calling thread: synchronous, and without a limit of time. Behind a `wasm.trapped` it
 * is in no known state and has to be replaced by another.
 */
export class FilterInstance {
  readonly description: FilterDescription;
  /** Whether it has a state that is worth a snapshot. */
  readonly hasState: boolean;
  readonly #exports: FilterExports;
  readonly #memory: ModuleMemory;
  readonly #limits: FilterLimits;
  readonly #gate: LogGate;
  readonly #input: BatchInput;
  readonly #result = new BatchResult();
  #batchTime = 0n;

  /**
   * Instantiates, initialises and asks for the description.
   * @throws ImsError `wasm.trapped`, `wasm.bad-export`, `wasm.bad-description`
   */
  constructor(module: CompiledModule, options: FilterInstanceOptions = {}) {
    this.#limits = resolveLimits(options.limits);
    this.#gate = options.gate ?? gateOf(options, this.#limits);
    this.#exports = guarded("instantiation", () => this.#instantiate(module));
    const { ims_snapshot, ims_restore, _initialize } = this.#exports;
    if ((ims_snapshot === undefined) !== (ims_restore === undefined)) {
      throw fail("wasm.bad-export", "the module exports only one of ims_snapshot and ims_restore");
    }
    this.hasState = ims_snapshot !== undefined;
    this.#memory = new ModuleMemory(this.#exports);
    if (_initialize !== undefined) guarded("_initialize", _initialize);
    const version = guarded("ims_abi", this.#exports.ims_abi);
    if (version !== ABI_VERSION) {
      throw fail(
        "wasm.bad-export",
        `the module speaks version ${version} of the interface, not ${ABI_VERSION}`,
      );
    }
    this.description = this.#describe();
    this.#input = new BatchInput(this.#memory, this.#limits, this.description.templates);
  }

  /** Pages of 64 KiB that its memory has now. */
  get memoryPages(): number {
    return this.#exports.memory.buffer.byteLength / 65_536;
  }

  /** Lines of log that were too many. */
  get logLinesLeftOut(): number {
    return this.#gate.leftOut;
  }

  /**
   * Sets all parameters, to their defaults where none is given.
   * @throws ImsError `wasm.bad-parameter`, `wasm.trapped`
   */
  setParameters(values: ParameterValues = {}): void {
    for (const parameter of resolveParameters(this.description, values)) {
      const isTaken = guarded("ims_param", () => this.#setParameter(parameter)) === 0;
      this.#memory.refresh();
      if (!isTaken) throw bad(`the module refuses the value of "${parameter.name}"`);
    }
  }

  /**
   * Takes up a state that {@link snapshot} gave.
   * @throws ImsError `wasm.bad-state`, `wasm.trapped`
   */
  restore(state: Uint8Array): void {
    const { ims_restore } = this.#exports;
    if (ims_restore === undefined) throw fail("wasm.bad-state", "the module has no state");
    const answer = guarded("ims_restore", () => ims_restore(this.#memory.put(state), state.length));
    this.#memory.refresh();
    if (answer !== 0) {
      throw fail("wasm.bad-state", `the module cannot read a state of ${state.length} octets`);
    }
  }

  /**
   * The state behind the last batch, in memory of its own; empty for a module without one.
   * @throws ImsError `wasm.bad-state` when it is larger than allowed, `wasm.trapped`
   */
  snapshot(): Uint8Array<ArrayBuffer> {
    const { ims_snapshot } = this.#exports;
    if (ims_snapshot === undefined) return new Uint8Array(0);
    const packed = guarded("ims_snapshot", ims_snapshot);
    this.#memory.refresh();
    const length = Number(BigInt.asUintN(32, packed));
    if (length > this.#limits.stateBytes) {
      throw fail("wasm.bad-state", `the state has ${length} octets, ${this.#limits.stateBytes} are allowed`);
    }
    return this.#memory.copyOf(packed, length, "ims_snapshot");
  }

  /**
   * Runs a batch. A batch without a record of its templates is not shown to the module. The result is used again by the
   * next call.
   * @param batchTime microseconds since 1970: the broker's time of the newest record
   * @throws ImsError `wasm.bad-batch` before the module has seen anything, `wasm.trapped`
   */
  runBatch(batch: BatchRecords, batchTime: number): BatchResult {
    this.#write(batch, batchTime);
    this.#batchTime = BigInt(batchTime);
    const emitted = this.#input.entryCount === 0 ? NOTHING_EMITTED : this.#call();
    readBatchOutput(batch, this.#input, this.#memory, this.#limits, emitted, this.#result);
    return this.#result;
  }

  #write(batch: BatchRecords, batchTime: number): void {
    try {
      this.#input.write(batch, batchTime);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "wasm.bad-batch") throw error;
      throw trapOf(error, "ims_alloc");
    }
  }

  #call(): { count: number; address: number } {
    let count: number;
    try {
      count = this.#exports.ims_batch(this.#input.entries, this.#input.entryCount);
    } catch (error) {
      throw trapOf(error, "ims_batch");
    }
    if (count < 0) throw trap("gave-up", "ims_batch", `it answered ${count}`);
    const { ims_emitted } = this.#exports;
    let address = 0;
    if (count > 0) {
      if (ims_emitted === undefined) {
        throw trap("output", "ims_batch", `it emitted ${count} records and exports no ims_emitted`);
      }
      address = guarded("ims_emitted", ims_emitted) >>> 0;
    }
    this.#memory.refresh();
    return { count, address };
  }

  #instantiate(module: CompiledModule): FilterExports {
    return instantiateModule<FilterExports>(module, {
      ims: {
        log: (level: number, address: number, length: number) =>
          this.#log(level, address >>> 0, length >>> 0),
        batch_time: () => this.#batchTime,
      },
    });
  }

  #log(level: number, address: number, length: number): void {
    const exports: FilterExports | undefined = this.#exports;
    // The start function runs before anybody can reach the memory.
    if (exports === undefined) {
      this.#gate.leaveOut();
      return;
    }
    const { buffer } = exports.memory;
    if (address + length > buffer.byteLength) {
      throw trap("argument", "log", `${length} octets at address ${address} are outside of the memory`);
    }
    this.#gate.log(level, new Uint8Array(buffer, address, Math.min(length, LOG_LINE_BYTES)));
  }

  #describe(): FilterDescription {
    const { ims_describe, ims_param, ims_param_text } = this.#exports;
    if (ims_describe === undefined) return NO_DESCRIPTION;
    const packed = guarded("ims_describe", ims_describe);
    this.#memory.refresh();
    const description = readDescription(this.#memory.copyOf(packed, DESCRIPTION_BYTES_MAX, "ims_describe"));
    for (const { name, type } of description.parameters) {
      if ((type === "number" ? ims_param : ims_param_text) === undefined) {
        throw fail(
          "wasm.bad-export",
          `the module has the ${type} parameter "${name}" and nothing that takes it`,
        );
      }
    }
    return description;
  }

  #setParameter(parameter: ResolvedParameter): number {
    if ("text" in parameter) {
      const octets = new TextEncoder().encode(parameter.text);
      const address = this.#memory.put(octets);
      return this.#exports.ims_param_text!(parameter.index, address, octets.length);
    }
    return this.#exports.ims_param!(parameter.index, parameter.mantissa, parameter.scale);
  }
}

function gateOf({ log, monotonicMillis }: FilterInstanceOptions, limits: FilterLimits): LogGate {
  return new LogGate(
    limits.logLinesPerSecond,
    monotonicMillis ?? (() => performance.now()),
    log ?? (() => {}),
  );
}

function guarded<T>(call: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw trapOf(error, call);
  }
}
