"""Reads one partition with the official Apache Iggy client and prints each message as a JSON line.

Usage: read_topic.py URL STREAM TOPIC PARTITION FIRST_OFFSET COUNT
"""

import asyncio
import json
import os
import sys

from apache_iggy import Consumer, IggyClient, PollingStrategy


async def main() -> None:
    url, stream, topic, partition, first, count = sys.argv[1:7]
    client = IggyClient.from_connection_string(url)
    await client.connect()
    found = await client.get_stream(stream)
    if found is None:
        raise SystemExit(f"stream {stream} is not there")
    print(json.dumps({"stream": found.name}))
    offset, left = int(first), int(count)
    while left > 0:
        messages = await client.poll_messages(
            stream,
            topic,
            consumer=Consumer.Single(1),
            polling_strategy=PollingStrategy.Offset(offset),
            count=left,
            auto_commit=False,
            partition_id=int(partition),
        )
        if not messages:
            raise SystemExit(f"partition {partition} ends at offset {offset}, {left} messages too early")
        for message in messages:
            print(json.dumps({"offset": str(message.offset()), "payload": message.payload().hex()}))
            offset = message.offset() + 1
            left -= 1


asyncio.run(main())
sys.stdout.flush()
# Not the usual way out: threads of the client that are still at work may abort an interpreter that is closing down.
os._exit(0)
