import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Clock } from "@ims/common";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { SymbolTruth, TradeTruth } from "../../binance/simulator.js";
import type { RecordingSourceOptions } from "../../binance/simulator-options.js";
import { fail } from "../../errors/simulator-errors.js";
import type { KlineRow, MarketSource, StreamPublisher } from "../market-source.js";
import { PlaybackPace } from "./playback-pace.js";
import { parseRecordedLine, recordedFrame } from "./recorded-line.js";
import { recordingLines } from "./recording-lines.js";
import { type RecordingSurvey, surveyRecordings } from "./recording-survey.js";

const SPEED_MAX = 1_000_000;

/**
 * Replays recorded sessions line by line. Nothing is sent before the wanted subscribers are there; after that the
 * replay goes on whoever comes and goes, as a venue does.
 */
export class RecordingSource implements MarketSource {
  readonly instruments: readonly SimulatedInstrument[];
  readonly listedMillis: number;
  readonly recordedStreams: readonly string[];
  readonly seed = undefined;
  readonly finished: Promise<void>;
  readonly #wanted = new Set<string>();
  readonly #bySymbol: ReadonlyMap<string, SimulatedInstrument>;
  /** Stream frames replayed so far. */
  #frameCount = 0;
  readonly #abort = new AbortController();
  #publisher: StreamPublisher | undefined;
  #replay: Promise<void> | undefined;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  private constructor(
    private readonly options: RecordingSourceOptions,
    private readonly survey: RecordingSurvey,
    readonly exchangeInfoBody: string | undefined,
    private readonly clock: Clock,
  ) {
    this.instruments = survey.instruments;
    this.recordedStreams = [...survey.streams];
    this.#bySymbol = new Map(survey.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.listedMillis = Math.floor((survey.firstMicros ?? clock.nowMicros()) / 1000);
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever does not wait for the end is not to be ended by its failure.
    this.finished.catch(() => {});
  }

  /**
   * Reads the files once before anything is served.
   *
   * @throws ImsError as {@link surveyRecordings}, and for options out of range
   */
  static async open(
    market: BinanceMarket,
    options: RecordingSourceOptions,
    clock: Clock,
  ): Promise<RecordingSource> {
    const { speed } = options;
    if (speed !== "max" && !(speed > 0 && speed <= SPEED_MAX)) {
      throw fail(
        "simulator.invalid-option",
        `speed ${speed}; "max" or a number above 0 and up to ${SPEED_MAX} is possible`,
      );
    }
    const survey = await surveyRecordings(market, options.files);
    const body = options.exchangeInfoFile
      ? await readBody(options.exchangeInfoFile)
      : survey.exchangeInfoBody;
    return new RecordingSource(options, survey, body, clock);
  }

  start(publisher: StreamPublisher): void {
    this.#publisher = publisher;
    this.#beginIfWanted();
  }

  streamWanted(stream: string, wanted: boolean): void {
    if (wanted) this.#wanted.add(stream);
    else this.#wanted.delete(stream);
    this.#beginIfWanted();
  }

  klines(): readonly KlineRow[] {
    return [];
  }

  visitOrders(): void {}

  lastIds(): undefined {
    return undefined;
  }

  instrument(symbol: string): SimulatedInstrument | undefined {
    return this.#bySymbol.get(symbol);
  }

  onboardMillis(): number {
    return this.listedMillis;
  }

  book(): undefined {
    return undefined;
  }

  bookAt(): undefined {
    return undefined;
  }

  bookAgo(): undefined {
    return undefined;
  }

  ticker(): undefined {
    return undefined;
  }

  mark(): undefined {
    return undefined;
  }

  /** The last body that the replay has passed, or the first one if it has passed none. */
  recordedBody(path: string, symbol: string): string | undefined {
    const bodies = this.survey.bodies.get(`${path} ${symbol}`);
    if (!bodies) return undefined;
    let body = bodies[0]!;
    for (const each of bodies) if (each.frameCount <= this.#frameCount) body = each;
    return body.text;
  }

  intervene(symbol: string): void {
    this.truth(symbol);
  }

  setStatus(symbol: string): void {
    this.truth(symbol);
  }

  tradeTruth(symbol: string): TradeTruth[] {
    this.truth(symbol);
    return [];
  }

  truth(symbol: string): SymbolTruth {
    throw fail(
      "simulator.unknown-symbol",
      `"${symbol}" is played from a recording, whose sums are not known here`,
    );
  }

  async close(): Promise<void> {
    this.#abort.abort(fail("simulator.closed-early", "the simulator was closed"));
    this.#reject(this.#abort.signal.reason);
    await this.#replay;
  }

  #beginIfWanted(): void {
    if (this.#replay || !this.#publisher || this.#abort.signal.aborted || !this.#isWanted()) return;
    this.#replay = this.#run(this.#publisher).then(this.#resolve, this.#reject);
  }

  #isWanted(): boolean {
    const wanted = this.options.startWhenSubscribed ?? 1;
    const when = wanted === "all" ? this.recordedStreams : wanted;
    if (typeof when !== "number") return when.every((stream) => this.#wanted.has(stream));
    let count = 0;
    for (const stream of this.#wanted) if (this.survey.streams.has(stream)) count++;
    return count >= when;
  }

  async #run(publisher: StreamPublisher): Promise<void> {
    const { signal } = this.#abort;
    const { speed, files } = this.options;
    const pace = speed === "max" ? undefined : new PlaybackPace(this.clock, speed, signal);
    for (const file of files) {
      let begun = false;
      for await (const lines of recordingLines(file, signal)) {
        for (const bytes of lines) {
          const line = parseRecordedLine(bytes);
          const frame = line && recordedFrame(line);
          if (!frame) continue;
          if (pace && line.receiveMicros !== undefined) {
            if (!begun) pace.beginFile(line.receiveMicros);
            begun = true;
            const due = pace.until(line.receiveMicros);
            if (due !== undefined) await due;
          }
          signal.throwIfAborted();
          this.#frameCount++;
          const slow = publisher.publishRecorded(frame);
          if (slow !== undefined) await slow;
        }
      }
      signal.throwIfAborted();
    }
    await publisher.flushed();
  }
}

async function readBody(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    const text = (file.endsWith(".gz") ? await promisify(gunzip)(bytes) : bytes).toString();
    JSON.parse(text);
    return text;
  } catch (error) {
    throw fail("simulator.recording-unreadable", `cannot read an exchangeInfo body from ${file}`, {
      cause: error,
    });
  }
}
