"""Averages of trades by their definitions (docs/formats/averages.md), with decimals and every sum taken anew.

Reads {"windows": [micros], "halfLives": [...], "digits": n, "trades": [...]} and writes the expected messages. Trades
are in the order of their event times; the last windows, which nothing has closed, are left out.
"""
import json
import sys
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from statistics import fmean

getcontext().prec = 40
TWO = Decimal(2)


def rounded(value, digits):
    return str(value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN))


def value_of(mantissa, scale):
    return Decimal(mantissa).scaleb(-scale)


def weighted_mean(pairs):
    pairs = list(pairs)
    return sum(price * weight for price, weight in pairs) / sum(weight for _, weight in pairs)


def window_values(start, length, trades, carry, digits):
    regular = [trade for trade in trades if trade["regular"]]
    row = {"start": start, "end": start + length, "trades": len(regular), "excluded": len(trades) - len(regular)}
    if not regular:
        return row
    prices = [trade["price"] for trade in regular]
    quantities = [trade["quantity"] for trade in regular]
    # The step function of the price over the window, as (price, microseconds).
    steps = [(carry, regular[0]["micros"] - start)] if carry is not None else []
    ends = [trade["micros"] for trade in regular[1:]] + [start + length]
    steps += [(trade["price"], Decimal(end - trade["micros"])) for trade, end in zip(regular, ends)]
    chain = ([carry] if carry is not None else []) + prices
    returns = [(after / before).ln() for before, after in zip(chain, chain[1:])]
    side = lambda number: sum((t["quantity"] for t in regular if t["aggressor"] == number), Decimal(0))
    row.update(
        open=str(prices[0]), high=str(max(prices)), low=str(min(prices)), close=str(prices[-1]),
        volume=str(sum(quantities)), buy=str(side(1)), sell=str(side(2)),
        amount=str(sum(price * quantity for price, quantity in zip(prices, quantities))),
        mean=rounded(sum(prices) / len(prices), digits),
        vwap=rounded(weighted_mean(zip(prices, quantities)), digits),
        twap=rounded(weighted_mean(steps), digits),
        volatility=float(sum(r * r for r in returns).sqrt()) if returns else None,
    )
    assert abs(fmean(float(price) for price in prices) / float(sum(prices) / len(prices)) - 1) < 1e-12
    return row


def exponential(life, trades, end):
    if life["kind"] == "count":
        ages = [Decimal(len(trades) - 1 - index) / life["trades"] for index in range(len(trades))]
    else:
        ages = [Decimal(end - trade["micros"]) / life["micros"] for trade in trades]
    return weighted_mean((trade["price"], TWO ** -age) for trade, age in zip(trades, ages))


def main():
    job = json.load(sys.stdin)
    result = []
    trades = []
    for trade in job["trades"]:
        trades.append({
            "symbol": trade["symbol"], "micros": trade["micros"], "regular": trade["kind"] == 0,
            "aggressor": trade["aggressor"],
            "price": value_of(trade["price"], trade["priceScale"]),
            "quantity": value_of(trade["quantity"], trade["quantityScale"]),
        })
    last = max(trade["micros"] for trade in trades)
    for symbol in sorted({trade["symbol"] for trade in trades}):
        own = [trade for trade in trades if trade["symbol"] == symbol]
        for index, length in enumerate(job["windows"]):
            carry = None
            for start in sorted({trade["micros"] // length * length for trade in own}):
                end = start + length
                if end > last:
                    continue
                inside = [trade for trade in own if start <= trade["micros"] < end]
                row = {"symbol": symbol, **window_values(start, length, inside, carry, job["digits"])}
                carry = Decimal(row["close"]) if "close" in row else carry
                before = [trade for trade in own if trade["micros"] < end and trade["regular"]]
                if index == 0 and before:
                    row["exponential"] = [rounded(exponential(life, before, end), job["digits"]) for life in job["halfLives"]]
                result.append(row)
    json.dump(result, sys.stdout, indent=1)
    sys.stdout.write("\n")


main()
