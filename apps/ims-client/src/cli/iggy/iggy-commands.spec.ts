import { SimulatedClock } from "@ims/common";
import { headerField, userHeader } from "@ims/iggy-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IggyStage } from "../../spec-support/iggy-stage.js";
import { encodeTrade } from "../../spec-support/sample-records.js";

let stage: IggyStage;
beforeAll(async () => {
  stage = await IggyStage.start();
  const { client } = stage;
  await client.streams.create("orders");
  await client.topics.create("orders", { name: "placed", partitionCount: 2 });
  await client.topics.create("orders", { name: "empty", partitionCount: 1 });
  for (let index = 0; index < 6; index++) await send(index % 2, [`order ${index}`]);
});
afterAll(() => stage.end());

async function send(partitionId: number, texts: readonly (string | Uint8Array)[], topic = "placed") {
  await stage.client.sendMessages({
    stream: "orders",
    topic,
    partitioning: { kind: "partition", partitionId },
    messages: texts.map((text) => ({ payload: typeof text === "string" ? Buffer.from(text) : text })),
  });
}

describe("ims iggy lists", () => {
  it("shows streams and topics, as tables and as JSON lines", async () => {
    const table = await stage.run("iggy streams", { terminal: true });
    expect(table.lines[0]).toMatch(/^STREAM +ID +TOPICS +MESSAGES +SIZE +CREATED \(UTC\)$/);
    expect(table.lines[1]).toMatch(/^orders +0 +2 +6 +[\d.]+ (B|KiB) +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(await stage.json("iggy streams")).toMatchObject([
      { name: "orders", topicCount: 2, messageCount: 6 },
    ]);
    expect(await stage.json("iggy topics orders")).toMatchObject([
      { name: "empty", partitionCount: 1, messageCount: 0 },
      { name: "placed", partitionCount: 2, messageCount: 6, messageExpiryMicros: expect.any(String) },
    ]);
    expect(await stage.json("iggy topics id:0")).toHaveLength(2);
  });

  it("shows groups with members, offsets with lag, connections and figures", async () => {
    const { client } = stage;
    await client.groups.create("orders", "placed", "ledger");
    await client.groups.create("orders", "placed", "idle");
    await client.groups.join("orders", "placed", "ledger");
    expect(await stage.json("iggy groups orders/placed")).toMatchObject([
      { group: "idle", member: null, partitions: [] },
      { group: "ledger", partitions: [0, 1] },
    ]);
    const place = { stream: "orders", topic: "placed" };
    await client.offsets.store({
      ...place,
      partitionId: 0,
      consumer: { kind: "group", id: "ledger" },
      offset: 1,
    });
    await client.offsets.store({
      ...place,
      partitionId: 1,
      consumer: { kind: "consumer", id: "audit" },
      offset: 2,
    });
    expect(await stage.json("iggy offsets orders/placed --consumer audit")).toEqual([
      { partition: 0, last: 2, messages: 3, kind: "group", consumer: "ledger", stored: 1, lag: 1 },
      { partition: 0, last: 2, messages: 3, kind: "consumer", consumer: "audit", stored: null, lag: 3 },
      { partition: 1, last: 2, messages: 3, kind: "consumer", consumer: "audit", stored: 2, lag: 0 },
    ]);
    expect(await stage.json("iggy offsets orders/empty")).toEqual([
      { partition: 0, last: null, messages: 0, kind: null, consumer: null, stored: null, lag: null },
    ]);
    const clients = await stage.json("iggy clients");
    expect(clients).toHaveLength(2);
    expect(clients[0]).toMatchObject({ userId: 0, transport: "tcp", groupCount: 1 });
    expect(await stage.json("iggy stats")).toMatchObject([
      { streamCount: 1, topicCount: 2, messageCount: 6 },
    ]);
    const stats = await stage.run("iggy stats", { terminal: true });
    expect(stats.output).toMatch(/\nmessages +6 in /);
  });

  it("says that there is nothing, and 0", async () => {
    const { exit, output, errors } = await stage.run("iggy groups orders/empty", { terminal: true });
    expect([exit, output, errors]).toEqual([0, "", "ims: topic empty has no consumer groups\n"]);
  });
});

describe("ims iggy tail", () => {
  const payloads = async (commandLine: string) =>
    (await stage.json(`iggy tail orders/placed ${commandLine}`)).map(({ payload }) => payload);

  it("shows the newest messages of all partitions, in the order of their times", async () => {
    expect(await payloads("")).toEqual([0, 1, 2, 3, 4, 5].map((index) => `order ${index}`));
    expect(await payloads("--count 3")).toEqual(["order 3", "order 4", "order 5"]);
    expect(await payloads("--partition 1 --count 2")).toEqual(["order 3", "order 5"]);
  });

  it("begins at the first message, an offset or a time, and ends where the topic ended", async () => {
    expect(await payloads("--from first --count 4")).toEqual(["order 0", "order 1", "order 2", "order 3"]);
    expect(await payloads("--from 1")).toEqual(["order 2", "order 3", "order 4", "order 5"]);
    expect(await payloads("--from 2020-01-31")).toHaveLength(6);
    const later = await stage.run("iggy tail orders/placed --from 2500-01-31T12:00:00Z");
    expect([later.exit, later.output, later.errors]).toEqual([
      0,
      "",
      "ims: topic placed has no such messages\n",
    ]);
  });

  it("reads more than a page from every partition, in order", async () => {
    await stage.client.topics.create("orders", { name: "many", partitionCount: 3 });
    for (let round = 0; round < 5; round++) {
      for (let partition = 0; partition < 3; partition++) {
        await send(
          partition,
          Array.from({ length: 71 }, (_, index) => `${round * 71 + index}`),
          "many",
        );
      }
    }
    const all = await stage.json("iggy tail orders/many --from first");
    expect(all).toHaveLength(3 * 355);
    for (const partition of [0, 1, 2]) {
      const own = all.filter((message) => message.partition === partition);
      expect(own.map(({ payload }) => payload)).toEqual(
        Array.from({ length: 355 }, (_, index) => `${index}`),
      );
    }
    const times = all.map(({ timestampMicros }) => timestampMicros as number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("decodes our records by their schema, JSON, text and bytes, or as it is told", async () => {
    await stage.client.topics.create("orders", { name: "mixed", partitionCount: 1 });
    const trade = encodeTrade({ symbol: "BTCUSDT", instrumentId: 1, tradeId: 7, price: "61837.63" });
    await send(0, [trade, '{"a":1}', "plain", Uint8Array.of(0xff, 0x00)], "mixed");
    expect(await stage.json("iggy tail orders/mixed")).toMatchObject([
      { kind: "trade", payload: { symbol: "BTCUSDT", tradeId: 7, price: "61837.63" } },
      { kind: "json", payload: { a: 1 } },
      { kind: "text", payload: "plain" },
      { kind: "bytes", payload: "ff00" },
    ]);
    const kinds = async (how: string) =>
      (await stage.json(`iggy tail orders/mixed --decode ${how}`)).map(({ kind }) => kind);
    expect(await kinds("hex")).toEqual(["bytes", "bytes", "bytes", "bytes"]);
    expect(await kinds("sbe")).toEqual(["trade", "not SBE", "not SBE", "not SBE"]);
    expect(await kinds("json")).toEqual(["not JSON", "json", "not JSON", "not JSON"]);
    expect(await kinds("text")).toEqual(["not text", "text", "text", "not text"]);
    const table = await stage.run("iggy tail orders/mixed --count 4", { terminal: true });
    expect(table.lines[0]).toMatch(/^STORED \(UTC\) +PARTITION +OFFSET +KIND +PAYLOAD$/);
    expect(table.lines[1]).toMatch(/ +0 +0 +trade +binancespot {2}BTCUSDT .*price 61837\.63/);
  });

  it("shows user headers, and nothing that steers the terminal", async () => {
    await stage.client.topics.create("orders", { name: "hostile", partitionCount: 1 });
    await stage.client.sendMessages({
      stream: "orders",
      topic: "hostile",
      partitioning: { kind: "partition", partitionId: 0 },
      messages: [
        {
          payload: Buffer.from('{"a":"\\u001b[2J"}'),
          headers: [userHeader("source", "\u001b[31mred"), userHeader("attempt", headerField.u64(3n))],
        },
        { payload: Buffer.from("\u001b[2J") },
      ],
    });
    const { output } = await stage.run("iggy tail orders/hostile", { terminal: true });
    expect(output).not.toContain("\u001b");
    expect(output).toContain("attempt=3");
    expect((await stage.json("iggy tail orders/hostile"))[0]).toMatchObject({
      headers: { source: "\u001b[31mred", attempt: "3" },
    });
  });

  it("follows what comes until the count, and until an interrupt", async () => {
    await stage.client.topics.create("orders", { name: "live", partitionCount: 1 });
    await send(0, ["old"], "live");
    const counted = stage.start("iggy tail orders/live --follow --count 3");
    const endless = stage.start("iggy tail orders/live -f --from first");
    await Promise.all([counted.output.printed(/old/), endless.output.printed(/old/)]);
    await send(0, ["new", "newer"], "live");
    expect(await counted.exit).toBe(0);
    await endless.output.printed(/newer/);
    endless.interrupt.abort();
    expect(await endless.exit).toBe(0);
    expect(endless.errors.text).toBe("");
    expect(endless.output.lines).toHaveLength(3);
  });

  it("ends when its reader goes away", async () => {
    const { output, exit } = stage.start("iggy tail orders/placed --from first");
    output.linesMax = 2;
    expect(await exit).toBe(0);
  });
});

describe("ims iggy produce, create and delete", () => {
  it("sends lines and frames, by partition and by key", async () => {
    expect(await stage.json("iggy create topic orders/lines --partitions 3")).toMatchObject([
      { created: "topic", name: "lines", partitionCount: 3 },
    ]);
    expect(
      await stage.json("iggy produce orders/lines --partition 2", {
        input: ["on", "e\r\ntw", "o\n\n", "three"],
      }),
    ).toEqual([{ topic: "orders/lines", stored: 3, partitions: { 2: 3 } }]);
    const lines = await stage.json("iggy tail orders/lines");
    expect(lines.map(({ payload, partition }) => [payload, partition])).toEqual([
      ["one", 2],
      ["two", 2],
      ["three", 2],
    ]);
    const frames = Uint8Array.of(2, 0, 0, 0, 0xca, 0xfe, 1, 0, 0, 0, 7);
    const input = [frames.subarray(0, 3), frames.subarray(3, 5), frames.subarray(5)];
    await stage.json("iggy produce orders/lines - --key customer-7 --frames", { input });
    const keyed = await stage.json("iggy tail orders/lines --count 2 --decode hex");
    expect(keyed.map(({ payload }) => payload)).toEqual(["cafe", "07"]);
    expect(new Set(keyed.map(({ partition }) => partition)).size).toBe(1);
    const table = await stage.run("iggy produce orders/lines --count 1", {
      terminal: true,
      input: ["a\nb\n"],
    });
    expect(table.output).toMatch(/^stored 1 messages in orders\/lines \(partition \d: 1\)\n$/);
  });

  it("sends messages of megabytes", async () => {
    const input = [`${"x".repeat(5_000_000)}\n`, "y".repeat(8_000_000)];
    const [report] = await stage.json("iggy produce orders/lines --partition 1", { input });
    expect(report).toMatchObject({ stored: 2 });
    const lines = await stage.json("iggy tail orders/lines --partition 1 --count 2");
    expect(lines.map(({ payload }) => (payload as string).length)).toEqual([5_000_000, 8_000_000]);
    await stage.client.topics.purge("orders", "lines");
  });

  it("tells what was stored before an input that ends within a frame", async () => {
    const input = [Uint8Array.of(1, 0, 0, 0, 9, 5, 0, 0, 0, 1)];
    const { exit, output, errors } = await stage.run("iggy produce orders/lines --frames --partition 0", {
      input,
    });
    expect(exit).toBe(2);
    expect(errors).toMatch(/ends within the frame at byte 9: 4 bytes are missing/);
    expect(JSON.parse(output)).toMatchObject({ stored: 1 });
  });

  it("creates, and deletes only when that is confirmed", async () => {
    await stage.json("iggy create stream scrap");
    await stage.json("iggy create topic scrap/heap");
    const asked = await stage.run("iggy delete topic scrap/heap");
    expect([asked.exit, asked.output]).toEqual([2, ""]);
    expect(asked.errors).toMatch(/would delete topic scrap\/heap with 0 messages; add --yes/);
    expect(await stage.client.topics.get("scrap", "heap")).not.toBeNull();
    await stage.json("iggy delete topic scrap/heap --yes");
    expect(await stage.client.topics.get("scrap", "heap")).toBeNull();
    expect((await stage.run("iggy delete stream scrap")).exit).toBe(2);
    await stage.json("iggy delete stream scrap --yes");
    expect(await stage.client.streams.get("scrap")).toBeNull();
  });
});

describe("ims iggy given something wrong", () => {
  it.each([
    ["iggy topics ordres", 1, /^ims: There is no stream "ordres" \(did you mean "orders"\?\)/],
    [
      "iggy tail orders/plcaed",
      1,
      /^ims: There is no topic "plcaed" in stream orders \(did you mean "placed"\?\)/,
    ],
    [
      "iggy tail orders/placed --partition 9",
      1,
      /^ims: There is no partition id:9 in topic placed, which has 2/,
    ],
    ["iggy tail orders", 2, /^ims: "orders" names no topic; write STREAM\/TOPIC/],
    ["iggy tail orders/placed --from yesterday", 2, /^ims: --from: "yesterday" is neither first, last/],
    ["iggy tail orders/placed --from 2026-13-41", 2, /^ims: --from: "2026-13-41" is neither/],
    ["iggy tail orders/placed --decode xml", 2, /^ims: --decode: "xml" is none of auto, sbe/],
    ["iggy tail orders/placed --count 0", 2, /^ims: --count: expected a whole number from 1/],
    ["iggy tail orders/placed --count 10001", 2, /^ims: --count: the newest 10000 messages at most/],
    ["iggy produce orders/placed --partition 1 --key k", 2, /cannot be used with option/],
    ["iggy produce orders/placed absent.txt", 2, /^ims: absent\.txt cannot be read: .*ENOENT/],
    ["iggy produce orders/placed --partition 9", 1, /^ims: orders\/placed has 2 partitions, 9 is not/],
    ["iggy create stream orders", 1, /1012|already/i],
    ["iggy create stream id:7", 2, /^ims: id:7 is a number; a new stream needs a name/],
    ["iggy tial orders/placed", 2, /^ims: unknown command 'tial'\n\(Did you mean tail\?\)/],
    ["iggy streams --url iggy://u:secret@", 2, /^ims: (?!.*secret)/],
  ])("%s", async (commandLine, exit, message) => {
    const run = await stage.run(commandLine, { input: ["x"] });
    expect(run.errors).toMatch(message);
    expect(run.exit).toBe(exit);
    expect(run.errors).not.toMatch(/\n {4}at /);
  });

  it("says where nothing answers, without the password", async () => {
    const clock = new SimulatedClock();
    const { exit, errors } = stage.start("iggy streams --url iggy://u:secret@127.0.0.1:1", { clock });
    let code: number | undefined;
    void exit.then((ended) => {
      code = ended;
    });
    while (code === undefined) await clock.advance(500);
    expect(code).toBe(1);
    expect(errors.text).toMatch(/^ims: No Iggy server answered at iggy:\/\/\*\*\*@127.0.0.1:1 within 5 s/);
  });

  it("helps with examples", async () => {
    const { exit, output } = await stage.run("iggy --help");
    expect(exit).toBe(0);
    expect(output).toContain("ims iggy tail orders/placed");
    const tailHelp = await stage.run("iggy tail --help");
    expect(tailHelp.output).toMatch(/--follow/);
  });
});
