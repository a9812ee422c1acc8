"""Writes or reads messages with every kind of user header, with the official Apache Iggy client.

Usage: messages.py write|read URL STREAM TOPIC COUNT

`write` sends COUNT messages to partition 0, the payload of number n being n as text. `read` prints COUNT messages of
partition 0 as lines of JSON. Header names and values are told as [kind, value]; integers as texts, bytes as hexadecimal.
"""

import asyncio
import json
import os
import sys

from apache_iggy import Consumer, HeaderKey, HeaderValue, IggyClient, PollingStrategy, SendMessage


def headers_of(index):
    return {
        HeaderKey.String("text"): HeaderValue.String(f"größe {index}"),
        HeaderKey.String("raw"): HeaderValue.Raw(bytes([0, 255, index % 256])),
        HeaderKey.String("bool"): HeaderValue.Bool(index % 2 == 1),
        HeaderKey.String("i8"): HeaderValue.Int8(-index % 128),
        HeaderKey.String("i64"): HeaderValue.Int64(-(1 << 60) - index),
        HeaderKey.String("i128"): HeaderValue.Int128(-(1 << 100) - index),
        HeaderKey.String("u32"): HeaderValue.UnsignedInt32(4_000_000_000 + index),
        HeaderKey.String("u128"): HeaderValue.UnsignedInt128((1 << 127) + index),
        HeaderKey.String("f64"): HeaderValue.Float64(index + 0.1),
        HeaderKey.UnsignedInt16(7): HeaderValue.String("a number as name"),
    }


def told(field):
    value = field.value
    if isinstance(value, bytes):
        value = value.hex()
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return [type(field).__name__.split("_")[-1], value]


async def write(client, stream, topic, count):
    for start in range(0, count, 10):
        numbers = range(start, min(start + 10, count))
        messages = [SendMessage(str(n), user_headers=headers_of(n), id=(1 << 100) + n) for n in numbers]
        await client.send_messages(stream, topic, 0, messages)


async def read(client, stream, topic, count):
    offset = 0
    while offset < count:
        messages = await client.poll_messages(
            stream,
            topic,
            consumer=Consumer.Single(1),
            polling_strategy=PollingStrategy.Offset(offset),
            count=count - offset,
            auto_commit=False,
            partition_id=0,
        )
        if not messages:
            raise SystemExit(f"the partition ends at offset {offset}")
        for message in messages:
            headers = message.user_headers() or {}
            line = {
                "offset": message.offset(),
                "id": str(message.id()),
                "payload": message.payload().decode(),
                "headers": [[told(key), told(value)] for key, value in headers.items()],
            }
            print(json.dumps(line))
            offset = message.offset() + 1


async def main():
    mode, url, stream, topic, count = sys.argv[1:6]
    client = IggyClient.from_connection_string(url)
    await client.connect()
    await {"write": write, "read": read}[mode](client, stream, topic, int(count))


asyncio.run(main())
sys.stdout.flush()
# Not the usual way out: threads of the client that are still at work may abort an interpreter that is closing down.
os._exit(0)
