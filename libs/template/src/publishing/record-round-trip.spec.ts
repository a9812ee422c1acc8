import { Aggressor, BarState, RecordFlags, TradeKind } from "@ims/common";
import type { BookFields } from "@ims/traits";
import fc from "fast-check";
import { describe, it } from "vitest";
import {
  cellOf,
  check,
  count,
  exactly,
  head,
  id,
  levelsOf,
  mantissa,
  micros,
  missing,
  oneOf,
  scale,
  symbol,
} from "../spec-support/record-check.js";
import { Channel } from "./channels.js";

describe("what a sink publishes reads back as it was given", () => {
  it("trades", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      ids: fc.tuple(id, id, id),
      price: mantissa,
      quantity: mantissa,
      scales: fc.tuple(scale, scale),
      aggressor: oneOf(Aggressor),
      kind: oneOf(TradeKind),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, ids, price, quantity, scales, aggressor, kind }) => {
        const [tradeId, firstTradeId, lastTradeId] = ids;
        check(
          name,
          Channel.Trades,
          own,
          (sink, instrumentId) =>
            sink.trade({
              ...own,
              instrumentId,
              tradeId,
              firstTradeId,
              lastTradeId,
              price: cellOf(price, scales[0]),
              quantity: cellOf(quantity, scales[1]),
              aggressor,
              kind,
            }),
          {
            type: "trade",
            tradeId,
            firstTradeId,
            lastTradeId,
            price: exactly(price, scales[0]),
            quantity: exactly(quantity, scales[1]),
            aggressor,
            tradeKind: kind,
          },
        );
      }),
    );
  });

  it("bars", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      numbers: fc.tuple(mantissa, mantissa, mantissa, mantissa, mantissa, mantissa, mantissa),
      scales: fc.tuple(scale, scale, scale),
      times: fc.tuple(micros, micros),
      tradeCount: count,
      state: oneOf(BarState),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, numbers, scales, times, tradeCount, state }) => {
        const [open, high, low, close, volume, takerVolume, quoteVolume] = numbers;
        const [priceScale, quantityScale, quoteScale] = scales;
        const [openMicros, closeMicros] = times;
        const same = { openMicros, closeMicros, tradeCount, state, resolution: 5 } as const;
        check(
          name,
          Channel.Bars,
          own,
          (sink, instrumentId) =>
            sink.bar({
              ...own,
              ...same,
              instrumentId,
              open,
              high,
              low,
              close,
              volume,
              takerVolume,
              quoteVolume,
              priceScale,
              quantityScale,
              quoteScale,
            }),
          {
            type: "bar",
            ...same,
            open: exactly(open, priceScale),
            high: exactly(high, priceScale),
            low: exactly(low, priceScale),
            close: exactly(close, priceScale),
            volume: exactly(volume, quantityScale),
            takerVolume: exactly(takerVolume, quantityScale),
            quoteVolume: exactly(quoteVolume, quoteScale),
          },
        );
      }),
    );
  });

  it("tops of books, with either side missing", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      updateId: missing(id, 0),
      bid: missing(fc.tuple(mantissa, mantissa), null),
      ask: missing(fc.tuple(mantissa, mantissa), null),
      scales: fc.tuple(scale, scale),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, updateId, bid, ask, scales }) => {
        const [priceScale, quantityScale] = scales;
        // What a side that is not there holds means nothing, whatever it is.
        const side = (value: readonly [bigint, bigint] | null) =>
          value
            ? ([cellOf(value[0], priceScale), cellOf(value[1], quantityScale)] as const)
            : ([cellOf(77n, 3), cellOf(78n, 4)] as const);
        const level = (value: readonly [bigint, bigint] | null) =>
          value
            ? { price: exactly(value[0], priceScale), quantity: exactly(value[1], quantityScale) }
            : undefined;
        check(
          name,
          Channel.TopOfBook,
          own,
          (sink, instrumentId) =>
            sink.topOfBook({
              ...own,
              instrumentId,
              updateId,
              hasBid: bid !== null,
              hasAsk: ask !== null,
              bidPrice: side(bid)[0],
              bidQuantity: side(bid)[1],
              askPrice: side(ask)[0],
              askQuantity: side(ask)[1],
            }),
          { type: "top-of-book", updateId: updateId || undefined, bid: level(bid), ask: level(ask) },
        );
      }),
    );
  });

  it("whole books and changes of them", () => {
    const levels = fc.array(fc.tuple(mantissa, mantissa), { maxLength: 80 });
    const arbitrary = fc.record({
      head,
      symbol,
      isSnapshot: fc.boolean(),
      ids: fc.tuple(missing(id, 0), missing(id, 0), missing(id, 0)),
      horizon: missing(fc.integer({ min: 1, max: 5000 }), 0),
      scales: fc.tuple(scale, scale),
      bids: levels,
      asks: levels,
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, isSnapshot, ids, horizon, scales, bids, asks }) => {
        const [firstUpdateId, lastUpdateId, previousUpdateId] = ids;
        const [priceScale, quantityScale] = scales;
        const fields = { firstUpdateId, lastUpdateId, previousUpdateId, horizon, priceScale, quantityScale };
        const list = (side: readonly (readonly [bigint, bigint])[]) =>
          side.map(([price, quantity]) => ({
            price: exactly(price, priceScale),
            quantity: exactly(quantity, quantityScale),
          }));
        const flags = own.flags | RecordFlags.LastInEvent | (isSnapshot ? RecordFlags.Snapshot : 0);
        check(
          name,
          Channel.Book,
          { ...own, flags },
          (sink, instrumentId) => {
            const book: BookFields = {
              ...own,
              ...fields,
              instrumentId,
              bids: levelsOf(bids),
              asks: levelsOf(asks),
            };
            if (isSnapshot) sink.bookSnapshot(book);
            else sink.bookDelta(book);
          },
          isSnapshot
            ? {
                type: "book-snapshot",
                lastUpdateId: lastUpdateId || undefined,
                horizon: horizon || undefined,
                bids: list(bids),
                asks: list(asks),
              }
            : {
                type: "book-delta",
                firstUpdateId: firstUpdateId || lastUpdateId || undefined,
                lastUpdateId: lastUpdateId || undefined,
                previousUpdateId: previousUpdateId || undefined,
                bids: list(bids),
                asks: list(asks),
              },
        );
      }),
    );
  });
});
