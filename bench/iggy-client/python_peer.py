"""The same work with the official Apache Iggy client for Python: python_peer.py URL STREAM TOPIC BYTES COUNT

Prints one JSON line: messages a second produced and consumed, in batches of 1,000 messages.
"""

import asyncio
import json
import sys
import time

from apache_iggy import Consumer, IggyClient, PollingStrategy
from apache_iggy import SendMessage as Message

BATCH = 1000


async def main() -> None:
    url, stream, topic, payload_bytes, count = sys.argv[1:6]
    client = IggyClient.from_connection_string(url)
    await client.connect()
    payload = b"a" * int(payload_bytes)
    count = int(count)

    began = time.perf_counter()
    for _ in range(0, count, BATCH):
        await client.send_messages(stream, topic, partitioning=0, messages=[Message(payload) for _ in range(BATCH)])
    produced = count / (time.perf_counter() - began)

    began = time.perf_counter()
    seen = 0
    while seen < count:
        messages = await client.poll_messages(
            stream,
            topic,
            consumer=Consumer.Single(1),
            polling_strategy=PollingStrategy.Offset(seen),
            count=BATCH,
            auto_commit=False,
            partition_id=0,
        )
        for message in messages:
            message.payload()
        seen += len(messages)
    consumed = count / (time.perf_counter() - began)
    print(json.dumps({"produce": produced, "consume": consumed}))


asyncio.run(main())
