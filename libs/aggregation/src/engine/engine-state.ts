import { fail } from "../errors.js";
import { type AveragePlan, describePlan } from "../plan/average-plan.js";
import type { WindowSeries } from "../windows/window-series.js";
import { Slot } from "../windows/window-slots.js";
import { AverageEngine, type EngineOddity, symbolsMaxOf } from "./average-engine.js";
import { StateReader, StateWriter } from "./state-octets.js";

/** To be raised when the layout below changes. */
export const STATE_VERSION = 1;

/** All that an engine's further output depends on, exactly. The octets are the caller's. */
export function snapshotEngine(engine: AverageEngine): Uint8Array {
  const { counts, plan, sweeps, table } = engine;
  const writer = new StateWriter();
  writer.text(describePlan(plan));
  writer.numbers(engine.watermark, engine.dueAt);
  writer.numbers(counts.trades, counts.excluded, counts.withoutSymbol, counts.implausibleTimes);
  for (const { doneUntil, until, next } of sweeps) writer.numbers(doneUntil, until, next);
  writer.numbers(table.symbols.length);
  for (const symbol of table.symbols) {
    symbol.settle();
    writer.octets(symbol.name);
    const { instrumentId, exchangeId, priceScale, quantityScale, lastMicros } = symbol;
    writer.numbers(instrumentId, exchangeId, priceScale, quantityScale, lastMicros);
    for (const series of symbol.series) writeSeries(writer, series);
  }
  return writer.take();
}

/**
 * The engine that the snapshot was taken of.
 * @throws `aggregation.plan-changed` for one of another plan, `aggregation.bad-state` for other octets
 */
export function restoreEngine(
  plan: AveragePlan,
  state: Uint8Array,
  onOddity?: (oddity: EngineOddity, count: number) => void,
): AverageEngine {
  const reader = new StateReader(state);
  const described = reader.text();
  if (described !== describePlan(plan)) {
    const detail = `the state is of "${described}", the settings say "${describePlan(plan)}"`;
    throw fail("aggregation.plan-changed", detail);
  }
  const engine = new AverageEngine(plan, symbolsMaxOf(plan), onOddity);
  const { counts } = engine;
  engine.watermark = reader.number();
  engine.dueAt = reader.number();
  counts.trades = reader.number();
  counts.excluded = reader.number();
  counts.withoutSymbol = reader.number();
  counts.implausibleTimes = reader.number();
  for (const sweep of engine.sweeps) {
    sweep.doneUntil = reader.number();
    sweep.until = reader.number();
    sweep.next = reader.number();
  }
  const symbolCount = reader.count();
  for (let index = 0; index < symbolCount; index++) {
    const symbol = engine.table.make();
    symbol.name.set(reader.octets(symbol.name.length));
    symbol.instrumentId = reader.number();
    symbol.exchangeId = reader.number();
    symbol.priceScale = reader.number();
    symbol.quantityScale = reader.number();
    symbol.lastMicros = reader.number();
    for (const series of symbol.series) readSeries(reader, series);
    engine.table.restore(symbol);
  }
  reader.end();
  return engine;
}

function writeSeries(writer: StateWriter, series: WindowSeries): void {
  const { closedUntil, closedFrom, carryLo, carryHi, lateCount, totals, windows } = series;
  writer.numbers(closedUntil, closedFrom, carryLo, carryHi, lateCount, windows.length);
  writer.array(totals);
  for (const slots of windows) writer.array(slots);
}

function readSeries(reader: StateReader, series: WindowSeries): void {
  series.closedUntil = reader.number();
  // States of before held a 1 here for any start: all windows counted as published.
  series.closedFrom = reader.number();
  series.carryLo = reader.number();
  series.carryHi = reader.number();
  series.lateCount = reader.number();
  const windowCount = reader.count();
  series.totals.set(reader.array(series.totals.length));
  for (let index = 0; index < windowCount; index++) {
    series.restore(reader.array(Slot.WEIGHTED + series.totals.length));
  }
}
