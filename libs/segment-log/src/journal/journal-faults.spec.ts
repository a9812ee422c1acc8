import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileOperation, MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { Journal } from "./journal.js";

const DIRECTORY = "/journal";
const RUN_COUNT = 600;

type Step = number | "compact" | "reopen";

interface Fault {
  /** Number of the operation, counted from the one before. */
  readonly after: number;
  /** How many operations in a row fail. */
  readonly count: number;
  readonly writtenBytes: number;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant("compact" as const) },
  { weight: 1, arbitrary: fc.constant("reopen" as const) },
);
const fault: fc.Arbitrary<Fault> = fc.record({
  after: fc.nat(25),
  count: fc.integer({ min: 1, max: 6 }),
  writtenBytes: fc.nat(60),
});
const fraction = fc.nat(999).map((thousandths) => thousandths / 1000);

/** Numbers of operations that fail, with what a failing write still stores. */
function failingOperations(faults: readonly Fault[]): Map<number, number> {
  const failing = new Map<number, number>();
  let at = 0;
  for (const { after, count, writtenBytes } of faults) {
    at += after;
    for (let index = 0; index < count; index++) failing.set(at++, writtenBytes);
  }
  return failing;
}

function lines(payload: Uint8Array | undefined): string[] {
  return payload === undefined ? [] : Buffer.from(payload).toString().split(",").filter(Boolean);
}

/** A journal and its owner, whose state is the list of all confirmed entries. */
class Owner {
  confirmed: string[] = [];
  /** Entries whose fate is open: the last ones tried, until a later one is confirmed. */
  undecided: string[] = [];
  private journal: Journal | undefined;
  private count = 0;

  constructor(
    private readonly fileSystem: MemoryFileSystem,
    private readonly fail: () => void,
  ) {}

  async step(next: Step): Promise<void> {
    if (next === "reopen") {
      await this.journal?.close().catch(() => undefined);
      this.journal = undefined;
    }
    if (this.journal === undefined && !(await this.open())) return;
    if (next === "compact") await this.journal!.compact(this.state()).catch(() => undefined);
    else if (next !== "reopen") await this.append(next);
  }

  private async open(): Promise<boolean> {
    const options = { fileSystem: this.fileSystem, directory: DIRECTORY, state: () => this.state() };
    const opened = await Journal.open(options).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EIO") throw error;
      return undefined;
    });
    if (opened === undefined) return false;
    this.journal = opened.journal;
    const found = [
      ...lines(opened.snapshot?.payload),
      ...opened.entries.map((entry) => Buffer.from(entry.payload).toString()),
    ];
    this.check(found, this.confirmed.length);
    this.confirmed = found;
    this.undecided = [];
    return true;
  }

  private async append(count: number): Promise<void> {
    const payloads = Array.from({ length: count }, () => `p${++this.count}`);
    const results = await Promise.allSettled(
      payloads.map(async (payload) => {
        await this.journal!.append(Buffer.from(payload));
        this.confirmed.push(payload);
        this.undecided = [];
      }),
    );
    const refused = payloads.filter((_, index) => results[index]!.status === "rejected");
    this.undecided.push(...refused);
    if (refused.length > 0) this.fail();
  }

  /** Everything confirmed is there once and in order; behind it, at most entries whose fate was open. */
  check(found: readonly string[], confirmedCount: number): void {
    expect(found.slice(0, confirmedCount)).toEqual(this.confirmed.slice(0, confirmedCount));
    const rest = found.slice(this.confirmed.length);
    for (const entry of rest) expect(this.undecided).toContain(entry);
    expect(new Set(found).size).toBe(found.length);
  }

  private state(): Uint8Array {
    return Buffer.from(this.confirmed.join());
  }
}

describe("a journal on a disk that refuses now and then", () => {
  it(
    "keeps what it confirmed, and takes entries as soon as the disk does",
    async () => {
      let refusedCount = 0;
      await assertSeeded(
        fc.asyncProperty(
          fc.array(step, { minLength: 3, maxLength: 25 }),
          fc.array(fault, { maxLength: 6 }),
          fc.nat(140),
          fc.infiniteStream(fraction),
          async (steps, faults, crashAt, randoms) => {
            const fileSystem = new MemoryFileSystem();
            const failing = failingOperations(faults);
            const owner = new Owner(fileSystem, () => refusedCount++);
            let operationCount = 0;
            let crash: { disk: MemoryFileSystem; confirmed: string[] } | undefined;
            const cutPower = () => {
              const disk = fileSystem.crashed(() => randoms.next().value!);
              crash ??= { disk, confirmed: [...owner.confirmed] };
            };
            fileSystem.fault = ({ path }: FileOperation) => {
              const count = operationCount++;
              if (count === crashAt) cutPower();
              const writtenBytes = failing.get(count);
              return writtenBytes === undefined
                ? undefined
                : { error: systemError("EIO", path), writtenBytes, losesUnsynced: writtenBytes % 2 === 0 };
            };
            for (const next of steps) await owner.step(next);
            if (crash === undefined) cutPower();
            fileSystem.fault = undefined;
            // As soon as the disk takes writes again.
            const before = owner.confirmed.length;
            await owner.step(1);
            expect(owner.confirmed.length).toBeGreaterThan(before);
            await owner.step("reopen");

            const { disk, confirmed } = crash!;
            const opened = await Journal.open({ fileSystem: disk, directory: DIRECTORY });
            const found = [
              ...lines(opened.snapshot?.payload),
              ...opened.entries.map((entry) => Buffer.from(entry.payload).toString()),
            ];
            expect(found.slice(0, confirmed.length)).toEqual(confirmed);
            // Behind them only entries that were on their way, each once and in order.
            const numbers = found.map((entry) => Number(entry.slice(1)));
            expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
            // The found journal works on, and is found again.
            const sequence = await opened.journal.append(Buffer.from("next"));
            await opened.journal.close();
            const again = await Journal.open({ fileSystem: disk, directory: DIRECTORY });
            expect(again.journal.sequence).toBe(sequence);
            expect([
              ...lines(again.snapshot?.payload),
              ...again.entries.map((e) => String(Buffer.from(e.payload))),
            ]).toEqual([...found, "next"]);
          },
        ),
        RUN_COUNT,
      );
      expect(refusedCount).toBeGreaterThan(0);
    },
    seededMillis(RUN_COUNT),
  );
});
