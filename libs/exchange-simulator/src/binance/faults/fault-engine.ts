import { SeededRandom } from "../../sources/synthetic/seeded-random.js";
import type {
  ConnectFault,
  ConnectionFault,
  ControlFault,
  FaultRule,
  FaultTiming,
  FrameFault,
  LossFault,
  RestFault,
} from "./fault-script.js";

/** A rule with what it has seen so far. */
class ArmedRule<T extends FaultTiming> {
  #seen = 0;
  #acted = 0;
  readonly #stream: RegExp | undefined;
  readonly #path: RegExp | undefined;

  constructor(
    readonly rule: T,
    private readonly random: SeededRandom,
  ) {
    const { stream, path } = rule as { stream?: string; path?: string };
    this.#stream = stream === undefined ? undefined : pattern(stream);
    this.#path = path === undefined ? undefined : pattern(path);
  }

  get spent(): boolean {
    return this.#acted >= (this.rule.count ?? Number.POSITIVE_INFINITY);
  }

  matchesStream(stream: string): boolean {
    return this.#stream?.test(stream) ?? true;
  }

  matchesPath(path: string): boolean {
    return this.#path?.test(path) ?? true;
  }

  /** Takes one occasion into account; true if the rule acts on it. */
  acts(sinceStartMillis: number): boolean {
    const { fromMillis = 0, untilMillis = Number.POSITIVE_INFINITY, skip = 0, chance = 1 } = this.rule;
    if (this.spent || sinceStartMillis < fromMillis || sinceStartMillis >= untilMillis) return false;
    if (this.#seen++ < skip) return false;
    if (chance < 1 && this.random.unit() >= chance) return false;
    this.#acted++;
    return true;
  }
}

/** A name in which `*` stands for any run of characters. */
export function pattern(text: string): RegExp {
  return new RegExp(`^${text.split("*").map(escapeText).join(".*")}$`, "u");
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|/-]/gu, "\\$&");
}

const FRAME = new Set(["drop", "duplicate", "malformed", "extra-field", "reorder-keys", "delay", "reorder"]);
const CONNECTION = new Set(["close", "reset", "half-open"]);
const CONTROL = new Set(["no-ack", "wrong-ack", "error-ack", "silent-after-ack"]);

/** Decides which rule acts on which occasion: the first that matches and has its turn. */
export class FaultEngine {
  #frames: ArmedRule<FrameFault | ConnectionFault>[] = [];
  #losses: ArmedRule<LossFault>[] = [];
  #controls: ArmedRule<ControlFault>[] = [];
  #connects: ArmedRule<ConnectFault>[] = [];
  #rest: ArmedRule<RestFault>[] = [];
  readonly #random: SeededRandom;

  /** @param sinceStartMillis true time since the simulator's start */
  constructor(
    seed: number,
    private readonly sinceStartMillis: () => number,
  ) {
    this.#random = new SeededRandom(seed);
  }

  /** Arms a rule that waits for occasions; those bound to a time alone are not for here. */
  arm(rule: FaultRule): void {
    const armed = <T extends FaultTiming>(each: T) => new ArmedRule(each, this.#random);
    if (FRAME.has(rule.fault) || CONNECTION.has(rule.fault)) {
      this.#frames.push(armed(rule as FrameFault | ConnectionFault));
    } else if (CONTROL.has(rule.fault)) this.#controls.push(armed(rule as ControlFault));
    else if (rule.fault === "gap") this.#losses.push(armed(rule));
    else if (rule.fault === "refuse-connection") this.#connects.push(armed(rule));
    else this.#rest.push(armed(rule as RestFault));
  }

  disarmAll(): void {
    this.#frames = [];
    this.#losses = [];
    this.#controls = [];
    this.#connects = [];
    this.#rest = [];
  }

  /** Whether any rule is left that may act on a frame; false spares the search. */
  get watchesFrames(): boolean {
    return this.#frames.length > 0;
  }

  frame(connection: number, stream: string): FrameFault | ConnectionFault | undefined {
    if (this.#frames.length === 0) return undefined;
    this.#frames = this.#frames.filter(({ spent }) => !spent);
    const now = this.sinceStartMillis();
    for (const armed of this.#frames) {
      const wanted = armed.rule.connection;
      if (wanted !== undefined && wanted !== connection) continue;
      if (armed.matchesStream(stream) && armed.acts(now)) return armed.rule;
    }
    return undefined;
  }

  loss(stream: string): LossFault | undefined {
    return this.#losses.length === 0
      ? undefined
      : this.#first(this.#losses, (armed) => armed.matchesStream(stream));
  }

  control(connection: number, streams: readonly string[]): ControlFault | undefined {
    return this.#first(this.#controls, (armed) => {
      const { rule } = armed;
      if (rule.connection !== undefined && rule.connection !== connection) return false;
      return rule.fault !== "silent-after-ack" || streams.some((stream) => armed.matchesStream(stream));
    });
  }

  /** Which of the streams a `silent-after-ack` is about. */
  silenced(rule: ControlFault, streams: readonly string[]): readonly string[] {
    if (rule.fault !== "silent-after-ack" || rule.stream === undefined) return streams;
    const wanted = pattern(rule.stream);
    return streams.filter((stream) => wanted.test(stream));
  }

  connect(): ConnectFault | undefined {
    return this.#first(this.#connects, () => true);
  }

  rest(path: string): RestFault | undefined {
    return this.#first(this.#rest, (armed) => armed.matchesPath(path));
  }

  #first<T extends FaultTiming>(
    rules: readonly ArmedRule<T>[],
    matches: (armed: ArmedRule<T>) => boolean,
  ): T | undefined {
    const now = this.sinceStartMillis();
    return rules.find((armed) => matches(armed) && armed.acts(now))?.rule;
  }
}
