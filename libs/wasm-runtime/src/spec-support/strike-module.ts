import { ModuleBuilder, op } from "./module-builder.js";

/** Where an OptionTicker has its strike and the scale of its prices, from the start of its header. */
export const STRIKE_AT = 120;
export const PRICE_SCALE_AT = 45;
export const OPTION_TEMPLATE = 217;
/** Octets of an OptionTicker with its header. */
export const OPTION_BYTES = 272;

/** Least mantissas by scale, 8 octets each. */
const LEAST_AT = 256;
const SCALE_MAX = 18;
const INT64_MAX = (1n << 63n) - 1n;
const HEAP_AT = 4096;

/** Drops options whose strike is below a number; the number has to be above zero. */
export function strikeModule(): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  builder.memories = [{ least: 64 }];
  builder.export("memory", 2, 0);
  const description = new TextEncoder().encode(
    JSON.stringify({
      name: "strike-above",
      version: "1.0.0",
      templates: [OPTION_TEMPLATE],
      parameters: [{ name: "strike", type: "number", default: "85" }],
    }),
  );
  builder.data(1024, description);
  builder.function({ name: "ims_abi", results: ["i32"], body: op.i32(1) });
  builder.function({
    name: "ims_alloc",
    parameters: ["i32"],
    results: ["i32"],
    locals: ["i32"],
    body: [
      op.set(1, op.sub(op.shrU(op.add(op.get(0), op.i32(HEAP_AT + 65_535)), op.i32(16)), op.memorySize)),
      op.if(op.gtU(op.get(1), op.i32(0x7fff_ffff)), op.set(1, op.i32(0))),
      op.if(op.eq(op.memoryGrow(op.get(1)), op.i32(-1)), [op.i32(0), op.return]),
      op.i32(HEAP_AT),
    ],
  });
  builder.function({
    name: "ims_describe",
    results: ["i64"],
    body: op.i64((1024n << 32n) + BigInt(description.length)),
  });
  const least = (scale: number) => op.i32(LEAST_AT + scale * 8);
  builder.function({
    name: "ims_param",
    parameters: ["i32", "i64", "i32"],
    results: ["i32"],
    body: [
      // Finer scales by multiplying, coarser ones by rounding up, from the scale of the parameter.
      Array.from({ length: SCALE_MAX + 1 }, (_, scale) =>
        op.if(op.eq(op.get(2), op.i32(scale)), [
          op.store64(least(scale), op.get(1)),
          Array.from({ length: SCALE_MAX - scale }, (_, step) => {
            const finer = scale + step + 1;
            const coarser = op.load64(least(finer - 1));
            return op.if(
              op.gtS64(coarser, op.i64(INT64_MAX / 10n)),
              op.store64(least(finer), op.i64(INT64_MAX)),
              op.store64(least(finer), op.mul64(coarser, op.i64(10))),
            );
          }),
          Array.from({ length: scale }, (_, step) => {
            const coarser = scale - step - 1;
            return op.store64(
              least(coarser),
              op.divS64(op.add64(op.load64(least(coarser + 1)), op.i64(9)), op.i64(10)),
            );
          }),
        ]),
      ),
      op.i32(0),
    ],
  });
  const entry = op.get(0);
  builder.function({
    name: "ims_batch",
    parameters: ["i32", "i32"],
    results: ["i32"],
    locals: ["i32", "i32"],
    body: [
      op.set(2, op.add(entry, op.mul(op.get(1), op.i32(16)))),
      op.block(
        op.loop(
          op.geU(entry, op.get(2)),
          op.brIf(1),
          op.set(3, op.load(entry)),
          op.store(
            entry,
            op.ltS64(
              op.load64(op.get(3), STRIKE_AT),
              op.load64(op.mul(op.load8U(op.get(3), PRICE_SCALE_AT), op.i32(8)), LEAST_AT),
            ),
            12,
          ),
          op.set(0, op.add(entry, op.i32(16))),
          op.br(0),
        ),
      ),
      op.i32(0),
    ],
  });
  return builder.build();
}
