"""What every official peer does with a broker, done by the Apache Iggy client for Python.

Usage: scenarios.py ADDRESS [URL_OPTIONS]

Runs every scenario of tools/peers/scenarios.json in turn and prints a line of JSON for each: its name and `ok`,
`failed` with a reason, or `unsupported` where this client has nothing for it. Between scenarios nothing is left behind.
Before `reconnect` it prints "restart the broker" and goes on when the broker has been started anew.
"""

import asyncio
import json
import os
import sys
import time
from datetime import timedelta

from apache_iggy import (
    AutoCommit,
    Consumer,
    Durability,
    GlobalPermissions,
    HeaderKey,
    HeaderValue,
    IggyClient,
    IggyExpiry,
    MaxTopicSize,
    Partitioning,
    Permissions,
    PollingStrategy,
    SendMessage,
    UserStatus,
)

ADDRESS = sys.argv[1]
OPTIONS = f"?{sys.argv[2]}" if len(sys.argv) > 2 else ""
STREAM, TOPIC = "peer-stream", "peer-topic"


class Unsupported(Exception):
    pass


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'value'}: found {found!r}, wanted {wanted!r}")


async def refused(awaitable, part=""):
    try:
        await awaitable
    except Exception as error:
        if part not in str(error):
            raise AssertionError(f"refused with {error!r}, wanted {part!r} in it") from error
        return
    raise AssertionError("was not refused")


async def connect(user="iggy:iggy"):
    client = IggyClient.from_connection_string(f"iggy+tcp://{user}@{ADDRESS}{OPTIONS}")
    await client.connect()
    return client


async def with_topic(client, partitions=1):
    await client.create_stream(STREAM)
    await client.create_topic(STREAM, TOPIC, partitions)


async def send(client, texts, partitioning=0):
    return await client.send_messages(STREAM, TOPIC, partitioning, [SendMessage(text) for text in texts])


async def poll(client, strategy, count=100, consumer=None, partition=0, auto_commit=False):
    messages = await client.poll_messages(
        STREAM,
        TOPIC,
        consumer=consumer or Consumer.Single(1),
        polling_strategy=strategy,
        count=count,
        auto_commit=auto_commit,
        partition_id=partition,
    )
    return [message.payload().decode() for message in messages]


async def login(client):
    await client.ping()
    stats = await client.get_stats()
    equal(stats.clients_count >= 1, True, "clients")


async def wrong_password(_client):
    await refused(connect("iggy:wrong"))
    await refused(connect("nobody:iggy"))


async def streams(client):
    await client.create_stream("one")
    await client.create_stream("two")
    equal(sorted(stream.name for stream in await client.get_streams()), ["one", "two"])
    first = await client.get_stream("one")
    equal((await client.get_stream(first.id)).name, "one")
    equal(await client.get_stream("three"), None)
    await refused(client.create_stream("one"), "already")
    await client.update_stream("two", "second")
    equal((await client.get_stream("second")).topics_count, 0)
    await client.delete_stream("one")
    await refused(client.delete_stream("one"))
    await client.delete_stream("second")
    equal(await client.get_streams(), [])


async def topics(client):
    await client.create_stream(STREAM)
    await client.create_topic(STREAM, "plain", 2)
    await client.create_topic(
        STREAM,
        "full",
        3,
        compression_algorithm="gzip",
        message_expiry=IggyExpiry.ExpireDuration(timedelta(hours=1)),
        max_topic_size=MaxTopicSize.Custom(2_000_000_000),
        segment_size=1 << 20,
        durability=Durability.PERSISTED,
        consumer_offset_durability=Durability.REPLICATED,
        messages_required_to_save=100,
    )
    equal(sorted(topic.name for topic in await client.get_topics(STREAM)), ["full", "plain"])
    full = await client.get_topic(STREAM, "full")
    equal(full.partitions_count, 3)
    equal(full.max_topic_size.bytes, 2_000_000_000)
    equal(full.message_expiry.duration, timedelta(hours=1))
    equal(full.compression_algorithm, "gzip")
    equal([partition.messages_count for partition in full.partitions], [0, 0, 0])
    await refused(client.create_topic(STREAM, "plain", 1), "already")
    await refused(client.create_topic(STREAM, "odd", 1, options={"no_such_option": "1"}))
    await client.update_topic(STREAM, "plain", "simple", message_expiry=IggyExpiry.NeverExpire())
    equal((await client.get_topic(STREAM, "simple")).partitions_count, 2)
    equal(await client.get_topic(STREAM, "plain"), None)
    await client.delete_topic(STREAM, "simple")
    equal(len(await client.get_topics(STREAM)), 1)


async def partitions(client):
    await with_topic(client, 1)
    await client.create_partitions(STREAM, TOPIC, 3)
    equal((await client.get_topic(STREAM, TOPIC)).partitions_count, 4)
    await client.delete_partitions(STREAM, TOPIC, 2)
    equal((await client.get_topic(STREAM, TOPIC)).partitions_count, 2)


async def send_to_partition(client):
    await with_topic(client, 3)
    first = await send(client, ["a", "b", "c"], 2)
    second = await send(client, ["d"], Partitioning.partition_id(2))
    places = [(c.partition_id, c.base_offset) for r in (first, second) for c in r.confirmations]
    equal(places, [(2, 0), (2, 3)], "places")
    equal(await poll(client, PollingStrategy.First(), partition=2), ["a", "b", "c", "d"])
    equal(await poll(client, PollingStrategy.First(), partition=0), [])
    await refused(send(client, ["x"], 9))


async def send_balanced(client):
    await with_topic(client, 2)
    for index in range(6):
        await send(client, [str(index)], Partitioning.balanced())
    counts = [partition.messages_count for partition in (await client.get_topic(STREAM, TOPIC)).partitions]
    equal(counts, [3, 3], "messages by partition")


async def send_by_key(client):
    await with_topic(client, 4)
    used = set()
    for index in range(5):
        response = await send(client, [str(index)], Partitioning.messages_key("customer-7"))
        used.update(confirmation.partition_id for confirmation in response.confirmations)
    equal(len(used), 1, "partitions of one key")
    equal(await poll(client, PollingStrategy.First(), partition=used.pop()), ["0", "1", "2", "3", "4"])


async def user_headers(client):
    await with_topic(client)
    typed = {
        HeaderKey.String("text"): HeaderValue.String("größe"),
        HeaderKey.String("u8"): HeaderValue.UnsignedInt8(200),
        HeaderKey.String("i128"): HeaderValue.Int128(-(1 << 100)),
        HeaderKey.String("f64"): HeaderValue.Float64(0.1),
        HeaderKey.UnsignedInt32(7): HeaderValue.Raw(b"\x00\xff"),
        HeaderKey.String("yes"): HeaderValue.Bool(True),
    }
    message = SendMessage("with headers", user_headers=typed, id=12345678901234567890)
    await client.send_messages(STREAM, TOPIC, 0, [message, SendMessage(b"\x00without")])
    found = await client.poll_messages(
        STREAM,
        TOPIC,
        consumer=Consumer.Single(1),
        polling_strategy=PollingStrategy.First(),
        count=10,
        auto_commit=False,
        partition_id=0,
    )
    equal(dict(found[0].user_headers()), typed, "headers")
    equal(found[0].id(), 12345678901234567890, "id")
    equal([found[1].user_headers(), found[1].payload()], [None, b"\x00without"])


async def poll_strategies(client):
    await with_topic(client)
    await send(client, [str(index) for index in range(10)])
    equal(await poll(client, PollingStrategy.First(), 3), ["0", "1", "2"])
    equal(await poll(client, PollingStrategy.Last(), 2), ["8", "9"])
    equal(await poll(client, PollingStrategy.Offset(4), 2), ["4", "5"])
    equal(await poll(client, PollingStrategy.Offset(10)), [])
    everything = [str(index) for index in range(10)]
    equal(await poll(client, PollingStrategy.Timestamp(1)), everything)
    equal(await poll(client, PollingStrategy.Timestamp(1 << 52)), [])
    equal(await poll(client, PollingStrategy.Next(), 4), ["0", "1", "2", "3"])


async def auto_commit(client):
    await with_topic(client)
    await send(client, ["a", "b", "c"])
    reader = Consumer.Single("reader")
    for wanted in (["a", "b"], ["c"], []):
        equal(await poll(client, PollingStrategy.Next(), 2, reader, auto_commit=True), wanted)
    equal(await poll(client, PollingStrategy.Next(), 9, Consumer.Single("other")), ["a", "b", "c"])


async def group_members(client):
    await with_topic(client, 4)
    await client.create_consumer_group(STREAM, TOPIC, "group")
    equal([group.name for group in await client.get_consumer_groups(STREAM, TOPIC)], ["group"])
    other = await connect()
    await client.join_consumer_group(STREAM, TOPIC, "group")
    equal((await client.get_consumer_group(STREAM, TOPIC, "group")).members_count, 1)
    await other.join_consumer_group(STREAM, TOPIC, "group")
    group = await client.get_consumer_group(STREAM, TOPIC, "group")
    equal(group.members_count, 2)
    await other.leave_consumer_group(STREAM, TOPIC, "group")
    await client.leave_consumer_group(STREAM, TOPIC, "group")
    await refused(client.leave_consumer_group(STREAM, TOPIC, "group"))
    await client.delete_consumer_group(STREAM, TOPIC, "group")
    equal(await client.get_consumer_group(STREAM, TOPIC, "group"), None)


async def drain(consumer, texts, wanted):
    async for message in consumer.iter_messages():
        texts.append(message.payload().decode())
        if wanted():
            return


async def group_rebalance(client):
    await with_topic(client, 4)
    other = await connect()
    found = []
    for index in range(40):
        await send(client, [f"early {index}"], index % 4)
    fast = {"poll_interval": timedelta(milliseconds=5), "auto_commit": AutoCommit.Interval(timedelta(milliseconds=50))}
    first = await client.consumer_group("group", STREAM, TOPIC, polling_strategy=PollingStrategy.Next(), **fast)
    await asyncio.wait_for(drain(first, found, lambda: len(found) >= 40), 30)
    second = await other.consumer_group("group", STREAM, TOPIC, polling_strategy=PollingStrategy.Next(), **fast)
    everyone = {f"{word} {index}" for word in ("early", "late") for index in range(40)}
    tasks = [
        asyncio.create_task(drain(consumer, found, lambda: everyone <= set(found))) for consumer in (first, second)
    ]
    while (await client.get_consumer_group(STREAM, TOPIC, "group")).members_count < 2:
        await asyncio.sleep(0.02)
    for index in range(40):
        await send(client, [f"late {index}"], index % 4)
    done, pending = await asyncio.wait(tasks, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    equal(len(done) > 0, True, f"all read; missing {sorted(everyone - set(found))[:5]}")
    group = await client.get_consumer_group(STREAM, TOPIC, "group")
    equal(sorted(member.partitions_count for member in group.members), [2, 2], "partitions by member")


async def group_offsets(client):
    await with_topic(client)
    await send(client, ["a", "b", "c", "d"])
    consumer = await client.consumer_group(
        "group",
        STREAM,
        TOPIC,
        polling_strategy=PollingStrategy.Next(),
        auto_commit=AutoCommit.Disabled(),
        poll_interval=timedelta(milliseconds=5),
    )
    texts = []
    await asyncio.wait_for(drain(consumer, texts, lambda: len(texts) >= 2), 30)
    equal(texts[:2], ["a", "b"])
    await consumer.store_offset(1, 0)
    equal(consumer.get_last_stored_offset(0), 1)
    await consumer.store_offset(2, 0)
    await consumer.delete_offset(0)
    await refused(consumer.delete_offset(0))


async def producer_and_consumer(client):
    producer = await client.producer(STREAM, TOPIC, topic_partitions_count=2)
    await producer.send([SendMessage(str(index)) for index in range(20)])
    await producer.send_one(SendMessage("20"))
    await producer.shutdown()
    equal((await client.get_topic(STREAM, TOPIC)).messages_count, 21)
    consumer = await client.consumer_group("group", STREAM, TOPIC, polling_strategy=PollingStrategy.First())
    texts = []
    await asyncio.wait_for(drain(consumer, texts, lambda: len(set(texts)) >= 21), 30)
    equal(sorted(map(int, texts)), list(range(21)))


async def users(client):
    made = await client.create_user("alice", "first-secret")
    equal(sorted(user.username for user in await client.get_users()), ["alice", "iggy"])
    equal((await client.get_user("alice")).id, made.id)
    await refused(client.create_user("alice", "first-secret"), "already")
    alice = await connect("alice:first-secret")
    await alice.ping()
    await client.change_password("alice", "first-secret", "second-secret")
    await refused(connect("alice:first-secret"))
    await connect("alice:second-secret")
    await client.update_user("alice", username="alicia", status=UserStatus.Inactive)
    await refused(connect("alicia:second-secret"))
    await client.delete_user("alicia")
    equal(await client.get_user("alicia"), None)


async def permissions(client):
    await with_topic(client)
    await send(client, ["a"])
    reading = Permissions(global_permissions=GlobalPermissions(read_streams=True, poll_messages=True))
    await client.create_user("reader", "a-secret", permissions=reading)
    try:
        reader = await connect("reader:a-secret")
        equal(await poll(reader, PollingStrategy.First()), ["a"])
        await refused(send(reader, ["b"]))
        await refused(reader.create_stream("mine"))
        await refused(reader.get_users())
        equal((await client.get_user("reader")).permissions.global_permissions.poll_messages, True)
        await client.update_permissions("reader", None)
        await refused(poll(reader, PollingStrategy.First()))
    finally:
        await client.delete_user("reader")


async def tokens(client):
    # The client has no call for making tokens: the command with its bytes, name, and an expiry of 0 = never.
    try:
        reply = await client.send_binary_request(42, b"\x05token" + (0).to_bytes(8, "little"))
    except Exception as error:
        raise Unsupported(f"no calls for tokens, and the raw command is refused by the client: {error}") from error
    token = reply[1 : 1 + reply[0]].decode()
    by_token = await connect(token)
    await by_token.ping()
    await client.send_binary_request(43, b"\x05token")


async def purge(client):
    await with_topic(client)
    await send(client, ["a", "b"])
    await client.purge_topic(STREAM, TOPIC)
    equal(await poll(client, PollingStrategy.First()), [])
    response = await send(client, ["c"])
    equal(response.confirmations[0].base_offset, 0, "offset after a purge")
    await client.purge_stream(STREAM)
    equal((await client.get_stream(STREAM)).messages_count, 0)


async def describe(client):
    keys = {option.key for option in await client.describe_options("topic")}
    equal({"message_expiry", "max_topic_size", "segment_size"} <= keys, True, f"options of topics in {keys}")
    await client.describe_options("stream")
    await client.describe_options("user")
    stats = await client.get_stats()
    equal([stats.streams_count, stats.messages_count], [0, 0], "figures")


async def raw_command(client):
    await client.create_stream(STREAM)
    name = STREAM.encode()
    reply = await client.send_binary_request(200, bytes([2, len(name)]) + name)
    equal(name in reply, True, "the name of the stream in its reply")


async def logout(_client):
    other = await connect()
    await other.logout_user()
    await refused(other.get_streams())
    await other.login_user("iggy", "iggy")
    await other.get_streams()


async def insisted(call):
    """The call's result; while the client connects again, which its heartbeat may begin anew, calls fail unsent."""
    for _ in range(600):
        try:
            return await call()
        except Exception as error:
            failure = error
        await asyncio.sleep(0.05)
    raise failure


async def reconnect(client):
    await with_topic(client)
    await send(client, ["before"])
    asked_at = time.monotonic()

    async def is_new():
        run_time = (await client.get_stats()).run_time.total_seconds()
        equal(run_time < time.monotonic() - asked_at, True, "a broker that was started after the request")

    print("restart the broker", flush=True)
    await insisted(is_new)
    await insisted(lambda: send(client, ["after"]))
    equal(await insisted(lambda: poll(client, PollingStrategy.First())), ["before", "after"])


async def clean(client):
    for stream in await insisted(client.get_streams):
        await client.delete_stream(stream.id)


async def main():
    with open(f"{sys.path[0]}/../../../tools/peers/scenarios.json", encoding="utf-8") as file:
        names = json.load(file)
    client = await connect()
    for name in names:
        outcome = {"scenario": name, "outcome": "ok"}
        run = globals().get(name.replace("-", "_"))
        try:
            if run is None:
                raise Unsupported("not written")
            await run(client)
        except Unsupported as reason:
            outcome = {"scenario": name, "outcome": "unsupported", "reason": str(reason)}
        except Exception as error:
            outcome = {"scenario": name, "outcome": "failed", "reason": f"{type(error).__name__}: {error}"}
        await clean(client)
        print(json.dumps(outcome), flush=True)


asyncio.run(main())
sys.stdout.flush()
# Not the usual way out: threads of the client that are still at work may abort an interpreter that is closing down.
os._exit(0)
