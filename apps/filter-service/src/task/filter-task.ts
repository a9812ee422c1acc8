import type { InputRecords, ProcessorTask, RecordOutput, TaskInput, TaskJournal } from "@ims/traits";
import { Chain } from "../chain/chain.js";
import { decodeNote, encodeNote, type PlacedNote } from "../chain/chain-note.js";
import { decodeChainState, encodeChainState } from "../chain/chain-state.js";
import type { ChainEntry } from "../chain/stage-plan.js";
import type { Span, StageTools } from "../chain/stage-tools.js";
import { ChainChanges } from "./chain-changes.js";
import { publishBatch } from "./publish-batch.js";
import { RecordReader } from "./record-reader.js";
import type { WantedChains } from "./wanted-chains.js";

/**
 * The chain of one partition at work. What its outputs depend on besides records is kept in the journal with the offset
 * that it counts from, before any output that depends on it: which versions run, and what failed. Records that come
 * again after a restart are handled by those notes; commands count behind them and behind what was published.
 */
export class FilterTask implements ProcessorTask {
  private readonly reader = new RecordReader();
  private readonly notes: PlacedNote[];
  private opening: Promise<Chain> | undefined;
  private opened: Chain | undefined;
  private changes: ChainChanges | undefined;
  private snapshotting: Promise<unknown> = Promise.resolve();
  /** No record was looked at yet. */
  private isFirst: boolean;
  isClosed = false;
  /** Number of the wanted chain that was considered last. */
  private followed = -1;

  constructor(
    private readonly input: TaskInput,
    private readonly state: Uint8Array | undefined,
    private readonly journal: TaskJournal,
    private readonly wanted: WantedChains,
    private readonly tools: StageTools,
  ) {
    this.notes = journal.notes.map(decodeNote);
    this.isFirst = state === undefined;
  }

  /** The chain, once it is opened. */
  get chain(): Chain | undefined {
    return this.opened;
  }

  async process(records: InputRecords, output: RecordOutput): Promise<void> {
    try {
      await this.work(records, output);
    } catch (error) {
      // Its threads were ended under it; nobody waits for the outcome any more.
      if (!this.isClosed) throw error;
    }
  }

  snapshot(): Promise<Uint8Array | undefined> {
    const taken = this.take();
    this.snapshotting = taken.catch(() => {});
    return taken;
  }

  close(): void {
    this.isClosed = true;
    void this.opening
      ?.then((chain) => chain.close())
      .catch(() => {})
      .then(() => this.changes?.close());
  }

  private async work(records: InputRecords, output: RecordOutput): Promise<void> {
    await this.snapshotting;
    const chain = await this.open();
    const { reader } = this;
    reader.begin(records);
    while (reader.nextOffset >= 0 && !this.isClosed) {
      await this.decide(chain, reader.nextOffset);
      reader.fill(this.batchEnd(reader.nextOffset));
      await this.handle(chain, output);
    }
  }

  private open(): Promise<Chain> {
    this.opening ??= Chain.open(this.state ? decodeChainState(this.state) : [], this.tools).then((chain) => {
      this.opened = chain;
      this.changes = new ChainChanges(chain, this.tools);
      return chain;
    });
    return this.opening;
  }

  private async take(): Promise<Uint8Array | undefined> {
    const states = await (await this.open()).states();
    return states && encodeChainState(states);
  }

  private async handle(chain: Chain, output: RecordOutput): Promise<void> {
    const { batch, batchTime, isPlain } = this.reader;
    if (isPlain) {
      await publishBatch(batch, output);
      return;
    }
    const first = batch.origins[0]!;
    const last = batch.origins[batch.count - 1]!;
    const span: Span = { first, last, isRepeated: first <= this.journal.publishedThrough };
    const before = chain.entries();
    const result = await chain.run(batch, batchTime, span);
    const { failed, reports } = chain.takeDecisions();
    const entries = chain.entries();
    if (failed.length > 0 || entries.some((entry, index) => entry !== before[index])) {
      await this.journal.keep(first, encodeNote({ chain: entries, failed }));
    }
    for (const report of reports) this.wanted.report(this.input, report);
    await publishBatch(result, output);
    chain.release();
  }

  /** Becomes what counts from this record on. */
  private async decide(chain: Chain, offset: number): Promise<void> {
    while (this.notes.length > 0 && this.notes[0]!.offset <= offset) {
      const note = this.notes.shift()!;
      await chain.become(note.chain, undefined, (left) => this.comesBack(left));
      chain.bypass(note.failed);
      this.isFirst = false;
    }
    if (this.notes.length > 0 || offset <= this.journal.publishedThrough) return;
    if (this.isFirst) await this.wanted.ready;
    await this.follow(chain, offset);
    this.isFirst = false;
  }

  /** Follows the commands. */
  private async follow(chain: Chain, offset: number): Promise<void> {
    const changes = this.changes!;
    const { number, plans } = this.wanted.chain(this.input.stream, this.input.topic);
    // Not known yet: the chain goes on as it was.
    if (number === 0 || (number === this.followed && changes.isSettled)) return;
    this.followed = number;
    let change = changes.consider(plans);
    if (this.isFirst) {
      // What is deployed before a stream is read filters all of it.
      await changes.whenOpened();
      change ??= changes.consider(plans);
    }
    for (const report of changes.takeRefusals(offset)) this.wanted.report(this.input, report);
    if (!change) return;
    const { entries, ready } = change;
    await this.journal.keep(offset, encodeNote({ chain: entries, failed: [] }));
    const before = chain.entries();
    await chain.become(entries, ready);
    for (const { plan } of entries.filter((entry) => !before.includes(entry))) {
      this.wanted.report(this.input, { kind: "swapped", plan, offset });
    }
  }

  /** Whether a later note decides on an entry again. */
  private comesBack({ plan }: ChainEntry): boolean {
    return this.notes.some(({ chain }) =>
      chain.some((entry) => entry.plan.key === plan.key && entry.plan.name === plan.name),
    );
  }

  /** Offset that the batch which begins at this one must not reach: the next at which something was decided or published. */
  private batchEnd(first: number): number {
    let end = Number.POSITIVE_INFINITY;
    const { publishedThrough } = this.journal;
    if (first <= publishedThrough) end = publishedThrough + 1;
    for (const stage of this.opened!.stages) {
      if (stage.bypassedThrough >= first) end = Math.min(end, stage.bypassedThrough + 1);
    }
    const next = this.notes[0];
    return next ? Math.min(end, next.offset) : end;
  }
}
