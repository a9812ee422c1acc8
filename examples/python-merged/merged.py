"""Draws the merged order book of one symbol, read from the order-book service over gRPC.

Usage: merged.py [SYMBOL] [--depth N] [--venues NAME,NAME] [--count N]

The symbol is SYMBOL or ETHBTC, the service GRPC_ADDR or [::1]:9051. `--count` ends after so many ladders. On a terminal
a ladder is drawn over the one before.
"""

import argparse
import os
import sys
from decimal import Decimal
from pathlib import Path

import grpc

# The messages are made of the .proto file when the program starts: no generated code that could differ from it.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "libs/book-proto/proto"))
messages, services = grpc.protos_and_services("order_books.proto")

CLEAR = "\x1b[H\x1b[2J"
STATES = messages.VenueState.State


def decimal(mantissa, scale):
    """mantissa / 10^scale, exact, with the digits of the scale."""
    return Decimal(mantissa).scaleb(-scale)


def rows(side, levels, summary):
    for level in levels:
        price = decimal(level.price, summary.price_scale)
        quantity = decimal(level.quantity, summary.quantity_scale)
        yield f"{side} {price:>16f} {quantity:>20f}  {level.venue}"


def middle(summary):
    if not summary.HasField("spread"):
        return "one side is empty"
    spread = decimal(summary.spread, summary.price_scale)
    mid = decimal(summary.mid, summary.mid_scale)
    flag = " CROSSED" if summary.crossed else " LOCKED" if summary.locked else ""
    return f"--- mid {mid:f} spread {spread:f}{flag}"


def states(summary):
    for venue in summary.venues:
        if venue.state != STATES.Value("FRESH"):
            yield f"without {venue.venue}: {STATES.Name(venue.state)} {venue.reason}".rstrip()


def ladder(summary):
    """The lines of one book: asks from the top down to the best, the middle, bids from the best down."""
    yield f"{summary.symbol} version {summary.version}"
    yield from reversed(list(rows("ask", summary.asks, summary)))
    yield middle(summary)
    yield from rows("bid", summary.bids, summary)
    yield from states(summary)


def follow(stub, options):
    request = messages.BookSummaryRequest(
        symbol=options.symbol,
        depth=options.depth,
        venues=[name for name in options.venues.split(",") if name],
    )
    stream = stub.BookSummary(request)
    for count, summary in enumerate(stream, 1):
        print(CLEAR * sys.stdout.isatty() + "\n".join(ladder(summary)), flush=True)
        if count == options.count:
            stream.cancel()
            return


def main():
    parser = argparse.ArgumentParser(description="Draws the merged order book of one symbol.")
    parser.add_argument("symbol", nargs="?", default=os.environ.get("SYMBOL", "ETHBTC"))
    parser.add_argument("--depth", type=int, default=10, help="levels of each side")
    parser.add_argument("--venues", default="", help="names of venues; default: all that list the symbol")
    parser.add_argument("--count", type=int, default=0, help="ladders after which to end; default: none")
    options = parser.parse_args()
    try:
        with grpc.insecure_channel(os.environ.get("GRPC_ADDR", "[::1]:9051")) as channel:
            follow(services.OrderBooksStub(channel), options)
    except grpc.RpcError as error:
        # The details say what was wrong, with near names for a symbol that nobody lists.
        sys.exit(f"{error.code().name}: {error.details()}")
    except KeyboardInterrupt:
        pass


main()
