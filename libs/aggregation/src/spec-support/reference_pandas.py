"""Averages of trades as numpy and pandas compute them in doubles, to compare with docs/formats/averages.md.

Takes what reference.py takes and writes rows of the same names; values are floats.
"""
import json
import sys

import numpy as np
import pandas as pd

job = json.load(sys.stdin)
frame = pd.DataFrame(job["trades"])
frame["price"] = frame["price"].astype(float) / 10.0 ** frame["priceScale"]
frame["quantity"] = frame["quantity"].astype(float) / 10.0 ** frame["quantityScale"]
last = frame["micros"].max()
regular = frame[frame["kind"] == 0]


def exponential(life, own):
    """Of all trades so far; that by time has at the window's end the value that it has at the last trade."""
    if life["kind"] == "count":
        return own["price"].ewm(halflife=life["trades"], adjust=True).mean().iloc[-1]
    times = pd.to_datetime(own["micros"], unit="us")
    return own["price"].ewm(halflife=pd.Timedelta(life["micros"], unit="us"), times=times).mean().iloc[-1]


rows = []
for symbol, own in regular.groupby("symbol"):
    for index, length in enumerate(job["windows"]):
        carry = None
        for start, window in own.groupby(own["micros"] // length * length):
            end = start + length
            if end > last:
                continue
            prices, quantities, micros = (window[name].to_numpy() for name in ("price", "quantity", "micros"))
            chain = prices if carry is None else np.insert(prices, 0, carry)
            edges = np.append(micros, end) if carry is None else np.concatenate(([start], micros, [end]))
            returns = np.diff(np.log(chain))
            before = own[own["micros"] < end]
            rows.append({
                "symbol": symbol, "start": int(start), "end": int(end), "trades": len(window),
                "open": prices[0], "high": prices.max(), "low": prices.min(), "close": prices[-1],
                "volume": quantities.sum(),
                "buy": quantities[window["aggressor"] == 1].sum(), "sell": quantities[window["aggressor"] == 2].sum(),
                "amount": float(prices @ quantities),
                "mean": window["price"].mean(), "vwap": np.average(prices, weights=quantities),
                "twap": np.average(chain, weights=np.diff(edges)),
                "volatility": float(np.sqrt(returns @ returns)) if len(returns) else None,
                "exponential": [exponential(life, before) for life in job["halfLives"]] if index == 0 else [],
            })
            carry = prices[-1]
json.dump(rows, sys.stdout)
