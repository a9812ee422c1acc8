// Uses what the package has besides accessors: parameters, texts, rewriting, emitting, state, log, time, failures.
import {
  Batch,
  debug,
  defineFilter,
  defineState,
  info,
  numberParameter,
  StateReader,
  StateWriter,
  Text,
  Trade,
  textParameter,
} from "@ims/filter-sdk/assembly";

export * from "@ims/filter-sdk/assembly/exports";
export * from "@ims/filter-sdk/assembly/state-exports";

const limit = numberParameter("limit", "100.50", 'a "limit"\n\\ of prices');
const symbol = textParameter("symbol", "BTCUSDT", "the symbol that is looked at");
const wanted = textParameter("mode", null, "what is done");
const PEPE = Text.of("PEPE→USDT");

let seen: i64 = 0;
let sum: f64 = 0;
const last = Text.of("");

defineState(
  3,
  (state: StateWriter): void => {
    state.i64(seen);
    state.f64(sum);
    state.u32(7);
    state.text(last);
  },
  (state: StateReader): bool => {
    seen = state.i64();
    sum = state.f64();
    if (state.u32() != 7) return false;
    const text = state.text();
    last.set(text.address, text.length);
    return true;
  },
);

defineFilter("everything", "1.2.3", [Trade.TEMPLATE], (batch: Batch): void => {
  const mode = wanted.toString();
  debug("time " + batch.time.toString());
  while (batch.next()) {
    const trade = Trade.of(batch);
    if (trade == null || !trade.symbolEquals(symbol)) continue;
    seen++;
    sum += <f64>trade.price;
    last.set(trade.symbolAddress, trade.symbolLength);
    if (mode == "rewrite") {
      trade.price = trade.price + 1;
      trade.setSymbol(PEPE);
      if (trade.tradeId % 2 == 0) batch.rewrite();
    } else if (mode == "drop") {
      if (trade.comparePrice(limit) >= 0) batch.drop();
    } else if (mode == "emit") {
      for (let copies: u64 = 0; copies < trade.tradeId % 3; copies++) {
        const copy = batch.copy();
        const other = Trade.at(copy, batch.length);
        if (other != null) other.tradeId = trade.tradeId * 100 + copies;
        batch.emit(copy, batch.length);
      }
    } else if (mode == "replace") {
      const made = Trade.create(batch);
      made.setSymbol(symbol);
      made.tradeId = trade.tradeId;
      batch.replace(changetype<usize>(made), made.byteLength);
    } else if (mode == "fail") {
      assert(trade.tradeId != 3, "three is no trade");
    } else if (mode == "litter") {
      const texts: string[] = [];
      for (let index = 0; index < 50; index++) texts.push(trade.symbolText() + index.toString());
      if (texts.join(",").length == 0) batch.drop();
      const copy = batch.copy();
      batch.emit(copy, batch.length);
    } else info("seen " + seen.toString() + " of " + last.toString());
  }
});
