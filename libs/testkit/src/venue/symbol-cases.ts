import assert from "node:assert/strict";
import { DataType, dataTypeName, exchangeName, timeResolutionOf } from "@ims/common";
import type { VenueCase } from "./venue-case.js";

const SYMBOL_BYTES_MAX = 32;
/** Names that no venue has, as users and attackers write them. */
const NONSENSE = ["", " ", "\0", "../..", "x".repeat(5000), "ÄÖÜ€🙂", "a/b?c=d&e", '{"s":1}', "__proto__"];

/** What a plugin says of itself and of its instruments. */
export const SYMBOL_CASES: readonly VenueCase[] = [
  {
    name: "describes itself: exchange, title, data types, and resolutions exactly when it has bars",
    async run({ integration }) {
      const { exchange, title, dataTypes, resolutions } = integration.description;
      assert.ok(exchangeName(exchange) !== undefined, `exchange ${exchange} is not known`);
      assert.ok(title.trim().length > 0, "a title");
      assert.ok(dataTypes.length > 0, "at least one kind of data");
      assert.equal(new Set(dataTypes).size, dataTypes.length, "no kind of data twice");
      for (const dataType of dataTypes)
        assert.ok(dataTypeName(dataType), `data type ${dataType} is not known`);
      assert.equal(resolutions.length > 0, dataTypes.includes(DataType.Bar), "resolutions belong to bars");
      for (const resolution of resolutions) assert.ok(timeResolutionOf(resolution) !== undefined, resolution);
    },
  },
  {
    name: "lists its instruments: unique names of at most 32 octets, increments that fit their scales",
    async run(rig) {
      const instruments = await rig.symbols();
      const { exchange } = rig.integration.description;
      const names = instruments.map(({ symbol }) => symbol);
      assert.equal(new Set(names).size, names.length, "no name twice");
      for (const symbol of rig.stage.symbols) assert.ok(names.includes(symbol), `${symbol} is listed`);
      for (const instrument of instruments) {
        const { symbol, priceScale, quantityScale, priceIncrement, quantityIncrement } = instrument;
        assert.equal(instrument.exchange, exchange, symbol);
        assert.ok(symbol.length > 0 && Buffer.byteLength(symbol) <= SYMBOL_BYTES_MAX, symbol);
        for (const [scale, increment] of [
          [priceScale, priceIncrement],
          [quantityScale, quantityIncrement],
        ] as const) {
          assert.ok(Number.isInteger(scale) && scale >= 0 && scale <= 18, `a scale of ${symbol}`);
          assert.match(increment, /^\d+(\.\d*[1-9])?$/, `an increment of ${symbol}`);
          const digits = increment.split(".")[1]?.length ?? 0;
          assert.ok(digits <= scale, `the increment ${increment} of ${symbol} at scale ${scale}`);
        }
      }
      assert.deepEqual(await rig.symbols(), instruments, "the list does not change from call to call");
    },
  },
  {
    name: "gives up waiting for its instruments when told to",
    async run(rig) {
      const aborted = AbortSignal.abort(new Error("enough"));
      await rig.refused("an aborted wait", rig.integration.symbols(aborted));
    },
  },
  {
    name: "splits names into valid and refused ones with a reason, and suggests near ones; nothing is thrown",
    async run(rig) {
      const { first, second, stage } = rig;
      const misspelt = `${first.slice(0, -1)}${first.endsWith("X") ? "Y" : "X"}`;
      const asked = [first, stage.unknownSymbol, second, misspelt, ...NONSENSE];
      const { valid, invalid } = await rig.settled(rig.integration.validate(asked));
      assert.deepEqual(valid.map(({ symbol }) => symbol).sort(), [first, second].sort());
      assert.deepEqual(
        invalid.map(({ symbol }) => symbol),
        [stage.unknownSymbol, misspelt, ...NONSENSE],
      );
      for (const { symbol, reason, suggestions } of invalid) {
        assert.ok(reason.length > 0, `a reason for ${JSON.stringify(symbol.slice(0, 40))}`);
        assert.ok(reason.length < 1000, "a reason of bounded length");
        assert.ok(suggestions.length <= 5, "at most five suggestions");
      }
      assert.ok(invalid[1]!.suggestions.length > 0, `suggestions for ${misspelt}`);
    },
  },
];
