import { type Code, ModuleBuilder, op } from "./module-builder.js";

/**
 * What a record asks the lab module to do, by its number at octet 8; its value is the number at octet 12. All numbers
 * are 32 bits. Every record first adds its value to the sum, which is the state.
 */
export const Act = {
  Pass: 0,
  Drop: 1,
  /** The value becomes sum + version, in place. */
  Rewrite: 2,
  /** Behind the record goes a copy with the value sum + version. */
  Emit: 3,
  Unreachable: 4,
  EndlessLoop: 5,
  ReadOutside: 6,
  DivideByZero: 7,
  Recurse: 8,
  /** Grows the memory by so many pages; the value becomes what `memory.grow` answers. */
  Grow: 9,
  /** So many lines of log. */
  Log: 10,
  CallNothing: 11,
  UnknownVerdict: 12,
  /** Rewritten to so many octets at its own address. */
  Lengthen: 13,
  GiveUp: 14,
  /** Says to have emitted so many records more than it has. */
  OverstateEmitted: 15,
  /** The record becomes one whose value is the batch's time in seconds. */
  Time: 16,
  /** Drops the record where its value is below the parameter. */
  Threshold: 17,
  LogOutside: 18,
  /** Changes the octets and lets the verdict be. */
  ChangeUnsaid: 19,
  /** Adds the parameter to the sum. */
  AddThreshold: 20,
} as const;

export interface LabOptions {
  /** Is added where values are rewritten, so that versions can be told apart. */
  readonly version?: number;
  readonly templates?: readonly number[];
  readonly stateVersion?: number;
  readonly hasState?: boolean;
  /** Records of this act trap in this version, whatever they were. */
  readonly trapOn?: number;
  /** Records of this act never end in this version. */
  readonly loopOn?: number;
  /** What exports beyond the usual do. */
  readonly initialize?: Code;
  readonly start?: Code;
  readonly snapshot?: Code;
  readonly restore?: Code;
  readonly alloc?: Code;
  readonly abi?: number;
  readonly description?: string;
  readonly memoryMost?: number;
  /** Elements that its table begins with. */
  readonly tableLeast?: number;
}

const DESCRIPTION_AT = 1024;
const STATE_AT = 64;
const LINE_AT = 128;
const EMITTED_AT = 8192;
const COPIES_AT = 32_768;
const HEAP_AT = 65_536;
/** Records that the lab emits in a batch at most. */
export const LAB_EMITTED_MAX = 1024;

/** A module that does what the records tell it to. */
export function labModule(options: LabOptions = {}): Uint8Array<ArrayBuffer> {
  const { version = 1, hasState = true, templates = [], stateVersion = 1 } = options;
  const builder = new ModuleBuilder();
  const log = builder.importFunction("ims", "log", ["i32", "i32", "i32"]);
  const batchTime = builder.importFunction("ims", "batch_time", [], ["i64"]);
  builder.memories = [{ least: 2, most: options.memoryMost }];
  builder.tables = [{ least: options.tableLeast ?? 2 }];
  builder.export("memory", 2, 0);
  const sum = builder.global();
  const heap = builder.global("i32", HEAP_AT);
  const emitted = builder.global();
  const threshold = builder.global();
  const description =
    options.description ??
    JSON.stringify({
      name: "lab",
      version: String(version),
      templates,
      parameters: [{ name: "threshold", type: "number", default: "0", doc: "least value" }],
      ...(hasState ? { stateVersion } : {}),
    });
  const describeOctets = new TextEncoder().encode(description);
  builder.data(DESCRIPTION_AT, describeOctets).data(LINE_AT, new TextEncoder().encode("a line\nof the lab"));
  const nothing = builder.type(["i64"], []);
  const recurse = builder.function({
    parameters: ["i32"],
    results: ["i32"],
    body: [op.add(op.get(0), [op.add(op.get(0), op.i32(1)), op.call(2)])],
  });
  builder.function({ name: "ims_abi", results: ["i32"], body: op.i32(options.abi ?? 1) });
  builder.function({
    name: "ims_alloc",
    parameters: ["i32"],
    results: ["i32"],
    locals: ["i32", "i32"],
    body: options.alloc ?? [
      op.set(1, op.globalGet(heap)),
      op.globalSet(heap, op.and(op.add(op.add(op.get(1), op.get(0)), op.i32(7)), op.i32(-8))),
      op.set(2, op.sub(op.shrU(op.add(op.globalGet(heap), op.i32(65_535)), op.i32(16)), op.memorySize)),
      op.if(
        op.gtU(op.add(op.get(2), op.i32(0x4000_0000)), op.i32(0x4000_0000)),
        op.if(op.eq(op.memoryGrow(op.get(2)), op.i32(-1)), [op.i32(0), op.return]),
      ),
      op.get(1),
    ],
  });
  builder.function({
    name: "ims_describe",
    results: ["i64"],
    body: op.i64((BigInt(DESCRIPTION_AT) << 32n) + BigInt(describeOctets.length)),
  });
  builder.function({
    name: "ims_param",
    parameters: ["i32", "i64", "i32"],
    results: ["i32"],
    // Negative values and fractions are refused.
    body: [
      op.if(op.ltS64(op.get(1), op.i64(0)), [op.i32(1), op.return]),
      op.globalSet(threshold, op.wrap(op.get(1))),
      op.get(2),
    ],
  });
  builder.function({ name: "ims_emitted", results: ["i32"], body: op.i32(EMITTED_AT) });
  if (hasState) {
    builder.function({
      name: "ims_snapshot",
      results: ["i64"],
      body: [
        options.snapshot ?? [],
        op.store(op.i32(STATE_AT), op.globalGet(sum)),
        op.i64((BigInt(STATE_AT) << 32n) + 4n),
      ],
    });
    builder.function({
      name: "ims_restore",
      parameters: ["i32", "i32"],
      results: ["i32"],
      body: [options.restore ?? [], op.globalSet(sum, op.load(op.get(0))), op.sub(op.get(1), op.i32(4))],
    });
  }
  if (options.start) builder.start(builder.function({ body: options.start }));
  if (options.initialize) builder.function({ name: "_initialize", body: options.initialize });
  builder.function({
    name: "ims_batch",
    parameters: ["i32", "i32"],
    results: ["i32"],
    locals: ["i32", "i32", "i32", "i32", "i32"],
    body: batchCode({
      sum,
      emitted,
      threshold,
      log,
      batchTime,
      recurse,
      nothing,
      version,
      ...trapsOf(options),
    }),
  });
  return builder.build();
}

function trapsOf({ trapOn = -1, loopOn = -1 }: LabOptions) {
  return { trapOn, loopOn };
}

interface Names {
  readonly sum: number;
  readonly emitted: number;
  readonly threshold: number;
  readonly log: number;
  readonly batchTime: number;
  readonly recurse: number;
  readonly nothing: number;
  readonly version: number;
  readonly trapOn: number;
  readonly loopOn: number;
}

/** Locals: 0 entries, 1 count, 2 entry index, 3 entry, 4 record, 5 value, 6 place of a copy. */
function batchCode(names: Names): Code {
  const entry = op.get(3);
  const record = op.get(4);
  const value = op.get(5);
  const isAct = (act: number) => op.eq(op.load(record, 8), op.i32(act));
  const when = (act: number, ...body: Code[]) => op.if(isAct(act), body);
  const verdict = (number: number) => op.store(entry, op.i32(number), 12);
  const marked = op.add(op.globalGet(names.sum), op.i32(names.version));
  const forever = op.loop(op.br(0));
  return [
    op.globalSet(names.emitted, op.i32(0)),
    op.block(
      op.loop(
        op.geU(op.get(2), op.get(1)),
        op.brIf(1),
        op.set(3, op.add(op.get(0), op.mul(op.get(2), op.i32(16)))),
        op.set(4, op.load(entry)),
        op.set(5, op.load(record, 12)),
        op.globalSet(names.sum, op.add(op.globalGet(names.sum), value)),
        when(names.trapOn, op.unreachable),
        when(names.loopOn, forever),
        when(Act.Drop, verdict(1)),
        when(Act.Rewrite, op.store(record, marked, 12), verdict(2)),
        when(Act.Emit, emitCode(names, marked)),
        when(Act.Unreachable, op.unreachable),
        when(Act.EndlessLoop, forever),
        when(Act.ReadOutside, op.load(op.i32(-16)), op.drop),
        when(Act.DivideByZero, op.divS(op.i32(1), op.sub(value, value)), op.drop),
        when(Act.Recurse, op.i32(0), op.call(names.recurse), op.drop),
        when(Act.Grow, op.store(record, op.memoryGrow(value), 12), verdict(2)),
        when(
          Act.Log,
          op.loop(
            op.i32(2),
            op.i32(LINE_AT),
            op.i32(17),
            op.call(names.log),
            op.set(5, op.sub(value, op.i32(1))),
            value,
            op.brIf(0),
          ),
        ),
        when(Act.CallNothing, op.i64(0), op.i32(1), op.callIndirect(names.nothing)),
        when(Act.UnknownVerdict, verdict(7)),
        when(Act.Lengthen, op.store(entry, value, 4), verdict(2)),
        when(Act.GiveUp, op.i32(-3), op.return),
        when(Act.OverstateEmitted, op.globalSet(names.emitted, op.add(op.globalGet(names.emitted), value))),
        when(
          Act.Time,
          op.store(record, op.wrap([op.call(names.batchTime), op.i64(1_000_000), 0x7f]), 12),
          verdict(2),
        ),
        when(Act.Threshold, op.if(op.gtU(op.globalGet(names.threshold), value), verdict(1))),
        when(Act.LogOutside, op.i32(0), op.i32(-4), op.i32(8), op.call(names.log)),
        when(
          Act.AddThreshold,
          op.globalSet(names.sum, op.add(op.globalGet(names.sum), op.globalGet(names.threshold))),
        ),
        when(Act.ChangeUnsaid, op.store(record, op.i32(-1), 12)),
        op.set(2, op.add(op.get(2), op.i32(1))),
        op.br(0),
      ),
    ),
    op.globalGet(names.emitted),
  ];
}

/** Copies 16 octets of the record behind the copies made before and names them in the table. */
function emitCode(names: Names, value: Code): Code {
  const record = op.get(4);
  const copy = op.get(6);
  const row = op.add(op.i32(EMITTED_AT), op.mul(op.globalGet(names.emitted), op.i32(12)));
  return [
    op.set(6, op.add(op.i32(COPIES_AT), op.mul(op.globalGet(names.emitted), op.i32(16)))),
    op.store64(copy, op.load64(record)),
    op.store(copy, op.load(record, 8), 8),
    op.store(copy, value, 12),
    op.store(row, copy),
    op.store(row, op.i32(16), 4),
    op.store(row, op.get(2), 8),
    op.globalSet(names.emitted, op.add(op.globalGet(names.emitted), op.i32(1))),
  ];
}
