import { bytesOf } from "../generated/runtime/octets.js";
import { HostileInput, INPUT_KINDS, INPUT_OCTETS_MAX, type InputKind } from "./hostile-input.js";
import { type Outcome, type Reading, readOutcome, recordOutcome } from "./outcome.js";
import { RandomSource } from "./random-source.js";
import { type SampleFrame, sampleFrame } from "./sample-frames.js";
import { allSubjects, type Subject } from "./subjects.js";
import { CodeByTemplate, disagreement, type TokenDecoders, tokenOutcome } from "./token-outcome.js";

export interface FuzzOptions {
  /** Inputs to try. */
  readonly inputs: number;
  /** Same seed and subjects, same inputs. */
  readonly seed: number;
  /** Messages to read; those of both schema versions by default. */
  readonly subjects?: readonly Subject[];
  /** Decoders that work without generated code and must come to the same; none by default. */
  readonly tokenDecoders?: TokenDecoders;
  /** Called now and then with the inputs done. */
  readonly onProgress?: (done: number) => void;
}

/** An input that a decoder took wrongly. */
export interface Violation {
  /** Number of the input in the run. */
  readonly input: number;
  readonly subject: string;
  readonly kind: InputKind;
  readonly problem: string;
  readonly hex: string;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seed: number;
  readonly values: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly inputsByKind: Readonly<Record<string, number>>;
  readonly inputsBySubject: Readonly<Record<string, number>>;
  /** Inputs that were read without generated code, too, and how that ended. */
  readonly tokens: {
    readonly inputs: number;
    readonly values: number;
    readonly refusals: Readonly<Record<string, number>>;
  };
  /** Most characters that an input of at most 1,024 octets read as. */
  readonly textMax: number;
  /** The first ten. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
}

const SAMPLES_PER_SUBJECT = 48;
const LEAD_MAX = 24;
const VIOLATIONS_KEPT = 10;
/** Around the input; each octet of one is the complement of the other's, so that whoever reads one differs. */
const CANARIES = [0x5a, 0xa5] as const;
/** Numbers for offsets and lengths. */
const IMPOSSIBLE = [
  -1,
  -8,
  0,
  0.5,
  8,
  7.9,
  40,
  1e6,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  Number.NaN,
  Number.POSITIVE_INFINITY,
];
/** A frame reads as no more than so many characters for each of its octets, and so many for its names. */
const TEXT_PER_OCTET = 80;
const TEXT_OF_NAMES = 8192;

/**
 * Feeds hostile inputs to generated decoders, to decoders of tokens and to `decodeRecord`. Each input is read within a larger buffer whose other octets
 * are canaries, and again with other canaries or in a view that ends with it: anything but the same value or the same
 * typed error is a violation, and so is output out of proportion to the input, and a value or refusal by tokens where
 * the generated code of the message that the header names gives another value or none.
 */
export function runFuzz({
  inputs,
  seed,
  subjects = allSubjects(),
  tokenDecoders = {},
  onProgress,
}: FuzzOptions): FuzzReport {
  const stackTraceLimit = Error.stackTraceLimit;
  // Refusals are the usual case here; their stack traces would take most of the time.
  Error.stackTraceLimit = 0;
  try {
    return new FuzzRun(subjects, seed, tokenDecoders).run(inputs, onProgress);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class FuzzRun {
  private readonly random: RandomSource;
  private readonly samples: readonly (readonly SampleFrame[])[];
  private readonly input = new HostileInput();
  private readonly windows = CANARIES.map((canary) => new Window(canary));
  private readonly refusals = new Map<string, number>();
  private readonly byKind = new Map<string, number>();
  private readonly bySubject = new Map<string, number>();
  private readonly violations: Violation[] = [];
  private violationCount = 0;
  private values = 0;
  private readonly code: ReadonlyMap<string, CodeByTemplate>;
  private readonly tokenRefusals = new Map<string, number>();
  private tokenInputs = 0;
  private tokenValues = 0;
  private textMax = 0;

  constructor(
    private readonly subjects: readonly Subject[],
    private readonly seed: number,
    private readonly tokenDecoders: TokenDecoders,
  ) {
    this.code = new Map(
      Object.keys(tokenDecoders).map((version) => [
        version,
        new CodeByTemplate(subjects.filter((subject) => subject.version === version)),
      ]),
    );
    this.random = new RandomSource(seed);
    this.samples = subjects.map((subject) =>
      Array.from({ length: SAMPLES_PER_SUBJECT }, () => sampleFrame(subject, this.random)),
    );
  }

  run(inputs: number, onProgress: FuzzOptions["onProgress"]): FuzzReport {
    for (let number = 0; number < inputs; number++) {
      this.one(number);
      if ((number & 0xffff) === 0xffff) onProgress?.(number + 1);
    }
    return {
      inputs,
      seed: this.seed,
      values: this.values,
      refusals: Object.fromEntries([...this.refusals].sort()),
      inputsByKind: Object.fromEntries(this.byKind),
      inputsBySubject: Object.fromEntries(this.bySubject),
      tokens: {
        inputs: this.tokenInputs,
        values: this.tokenValues,
        refusals: Object.fromEntries([...this.tokenRefusals].sort()),
      },
      textMax: this.textMax,
      violations: this.violations,
      violationCount: this.violationCount,
    };
  }

  private one(number: number): void {
    const { random, input } = this;
    const which = random.below(this.subjects.length);
    const subject = this.subjects[which]!;
    const kind = INPUT_KINDS[random.below(INPUT_KINDS.length)]!;
    input.make(kind, this.sample(which), this.sample(random.below(this.subjects.length)), random);
    const offset = random.below(LEAD_MAX);
    // Each way of reading has its turn; the rarer ones cost many times more.
    const reading: Reading = {
      getters: (number & 15) === 0 ? subject.getters : undefined,
      record: (number & 3) === 1,
    };
    const endsWithView = (number & 3) === 2;
    const [first, second] = this.windows as [Window, Window];
    for (const window of this.windows) window.place(input, offset);
    const secondView = endsWithView ? second.cut(offset + input.length) : second.view;
    const outcome = readOutcome(subject.decoder, first.view, offset, input.length, reading);
    const again = readOutcome(subject.decoder, secondView, offset, input.length, reading);
    this.count(number, subject, kind, outcome, again);
    this.readTokens(number, subject, kind, offset);
    if ((number & 7) === 3) {
      this.compare(
        number,
        subject,
        kind,
        recordOutcome(first.view, offset, input.length),
        recordOutcome(secondView, offset, input.length),
      );
    }
    if ((number & 63) === 5) this.impossibleWindow(number, subject, kind, first.view);
    for (const window of this.windows) window.clear(offset, input.length);
  }

  /** Reads the input without generated code; in one of four cases also with other octets in front of it. */
  private readTokens(number: number, subject: Subject, kind: InputKind, offset: number): void {
    const decoder = this.tokenDecoders[subject.version];
    const code = this.code.get(subject.version);
    if (decoder === undefined || code === undefined) return;
    const [first, second] = this.windows as [Window, Window];
    const end = offset + this.input.length;
    const outcome = tokenOutcome(decoder, first.octets(end), offset);
    this.tokenInputs++;
    if (outcome.kind === "value") this.tokenValues++;
    else increment(this.tokenRefusals, outcome.code);
    const problem = disagreement(outcome, code.read(first.view, offset, this.input.length));
    if (problem !== undefined) this.report(number, subject, kind, problem);
    if ((number & 3) === 3) {
      this.compare(number, subject, kind, outcome, tokenOutcome(decoder, second.octets(end), offset));
    }
  }

  /** Offsets and lengths that no caller should give: outside of the view, negative, fractional, no numbers. */
  private impossibleWindow(number: number, subject: Subject, kind: InputKind, view: DataView): void {
    const offset = IMPOSSIBLE[this.random.below(IMPOSSIBLE.length)]!;
    const length = IMPOSSIBLE[this.random.below(IMPOSSIBLE.length)]!;
    const outcome = readOutcome(subject.decoder, view, offset, length);
    this.compare(number, subject, kind, outcome, outcome);
    const record = recordOutcome(view, offset, length);
    this.compare(number, subject, kind, record, record);
    const decoder = this.tokenDecoders[subject.version];
    if (decoder === undefined) return;
    const tokens = tokenOutcome(decoder, bytesOf(view), offset);
    this.compare(number, subject, kind, tokens, tokens);
  }

  private sample(which: number): SampleFrame {
    return this.samples[which]![this.random.below(SAMPLES_PER_SUBJECT)]!;
  }

  private count(number: number, subject: Subject, kind: InputKind, outcome: Outcome, again: Outcome): void {
    increment(this.byKind, kind);
    increment(this.bySubject, subject.name);
    if (outcome.kind === "value") this.values++;
    else increment(this.refusals, outcome.code);
    this.compare(number, subject, kind, outcome, again);
  }

  private compare(number: number, subject: Subject, kind: InputKind, outcome: Outcome, again: Outcome): void {
    this.textMax = Math.max(this.textMax, outcome.text.length);
    const problem = problemOf(outcome, again, this.input.length);
    if (problem !== undefined) this.report(number, subject, kind, problem);
  }

  private report(number: number, subject: Subject, kind: InputKind, problem: string): void {
    this.violationCount++;
    if (this.violations.length >= VIOLATIONS_KEPT) return;
    const hex = Array.from(this.input.octets.subarray(0, this.input.length), (octet) =>
      octet.toString(16).padStart(2, "0"),
    ).join("");
    this.violations.push({ input: number, subject: subject.name, kind, problem, hex });
  }
}

function problemOf(outcome: Outcome, again: Outcome, length: number): string | undefined {
  if (outcome.kind === "fault") return `it throws ${outcome.text}`;
  if (again.kind === "fault") return `it throws ${again.text} with other octets around it`;
  if (outcome.kind !== again.kind || outcome.text !== again.text) {
    return `octets around it matter: ${outcome.text.slice(0, 200)} | ${again.text.slice(0, 200)}`;
  }
  if (outcome.text.length > TEXT_OF_NAMES + TEXT_PER_OCTET * length) {
    return `${length} octets read as ${outcome.text.length} characters`;
  }
  return undefined;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A buffer of canaries that holds one input at a time. */
class Window {
  readonly view: DataView;
  private readonly bytes: Uint8Array;

  constructor(private readonly canary: number) {
    this.bytes = new Uint8Array(LEAD_MAX + INPUT_OCTETS_MAX + 512).fill(canary);
    this.view = new DataView(this.bytes.buffer);
  }

  place(input: HostileInput, offset: number): void {
    for (let at = 0; at < input.length; at++) this.bytes[offset + at] = input.octets[at]!;
  }

  clear(offset: number, length: number): void {
    this.bytes.fill(this.canary, offset, offset + length);
  }

  /** The octets up to `end`. */
  octets(end: number): Uint8Array {
    return this.bytes.subarray(0, end);
  }

  /** A view that ends at `end`. */
  cut(end: number): DataView {
    return new DataView(this.bytes.buffer, 0, end);
  }
}
