import { DataType, OrderEvent, OrderMarks, Side } from "@ims/common";
import { describe, expect, it } from "vitest";
import { cli } from "../../spec-support/cli-stage.js";
import { encodeOrder, encodeOrderSnapshot } from "../../spec-support/sample-orders.js";
import { encodeGap, encodeInstrument } from "../../spec-support/sample-records.js";
import {
  encodeLiquidation,
  encodeMarkPrice,
  encodeOptionTicker,
  encodeTicker,
  encodeTopOfBook,
} from "../../spec-support/sample-states.js";

type Scene = ReturnType<typeof cli>;

/** What a command printed about one record that the service publishes. */
async function printed(commandLine: string, publish: (scene: Scene) => void, terminal = true) {
  const scene = cli(commandLine, { terminal, env: { NO_COLOR: "1" } });
  await scene.clock.advance(50);
  publish(scene);
  expect(await scene.run(scene.exit)).toBe(0);
  expect(scene.errors.text).toBe("");
  return scene.output.text;
}

const top = ({ service }: Scene) => {
  const ask = { price: 6_183_764n, quantity: 25n };
  service.publish("top-of-book", "BTCUSDT", (id) => encodeTopOfBook("BTCUSDT", id, 7, ask));
  service.publish("top-of-book", "BTCUSDT", (id) => encodeTopOfBook("BTCUSDT", id, 8));
};
const mark = ({ service }: Scene) =>
  void service.publish("mark-price", "BTCUSDT", (id) => encodeMarkPrice("BTCUSDT", id));
const liquidation = ({ service }: Scene) =>
  void service.publish("liquidations", "BTCUSDT", (id) => encodeLiquidation("BTCUSDT", id));
const ticker = ({ service }: Scene) =>
  void service.publish("tickers", "BTCUSDT", (id) => encodeTicker("BTCUSDT", id));
const option = ({ service }: Scene) =>
  void service.publish("option-tickers", "BTCUSDT", (id) => encodeOptionTicker("BTCUSDT", id));
const orders = ({ service }: Scene) => {
  const whole = {
    bids: [
      [11, 6_183_600, 1500],
      [12, 6_183_500, 1],
    ],
    asks: [[13, 6_183_800, 25]],
  } as const;
  service.publish("orders", "BTCUSDT", (id) => encodeOrderSnapshot("BTCUSDT", id, whole));
  service.publish("orders", "BTCUSDT", (id) =>
    encodeOrder("BTCUSDT", id, { orderId: 2_046_839_978_799_111 }),
  );
  const marks = OrderMarks.Liquidation | OrderMarks.Stop;
  const [side, event] = [Side.Sell, OrderEvent.Deleted];
  service.publish("orders", "BTCUSDT", (id) =>
    encodeOrder("BTCUSDT", id, { orderId: 14, side, event, marks, price: null }),
  );
};
const trade = ({ service }: Scene) => void service.publishTrade("BTCUSDT", 5);
const bar = ({ service }: Scene) => void service.publishBar("BTCUSDT", "1m", "61850.5");

describe("a feed on a terminal", () => {
  it("ims top", async () => {
    expect(await printed("top BTCUSDT --count 2", top)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL        BID QUANTITY          BID          ASK  ASK QUANTITY   SPREAD
      2024-08-08 12:00:00.123  BTCUSDT           1.5        61837.63     61837.64        0.025      0.01
      2024-08-08 12:00:00.123  BTCUSDT           1.5        61837.63         -           -          -
      "
    `);
  });
  it("ims mark", async () => {
    expect(await printed("mark BTCUSDT --count 1", mark)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL                   MARK            INDEX  FUNDING RATE  NEXT FUNDING (UTC)
      2024-08-08 12:00:00.123  BTCUSDT        61837.63         61840           -0.000125     2024-08-08 13:00:00
      "
    `);
  });
  it("ims liquidations", async () => {
    expect(await printed("liquidations BTCUSDT --count 1", liquidation)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL        SIDE        PRICE      AVERAGE     QUANTITY       FILLED  STATUS
      2024-08-08 12:00:00.123  BTCUSDT       sell   61000            -           0.014        0.01     partially-filled
      "
    `);
  });
  it("ims options", async () => {
    expect(await printed("options BTCUSDT --count 1", option)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL                     BID       ASK      MARK      IV     DELTA     GAMMA      THETA      VEGA  UNDERLYING  OPEN INTEREST
      2024-08-08 12:00:00.123  BTCUSDT                 -       2151       2150.5      61.25   0.53017   0.00002    -41.500    97.250   62310.5         -
      "
    `);
  });
  it("ims tickers", async () => {
    expect(await printed("tickers BTCUSDT --count 1", ticker)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL               LAST         OPEN         HIGH          LOW          VOLUME   TRADES
      2024-08-08 12:00:00.123  BTCUSDT        61837.63     60000        62000            -           1234.567      98765
      "
    `);
  });
});

describe("ims orders", () => {
  it("draws all orders as one line, and each event as one", async () => {
    expect(await printed("orders BTCUSDT --count 3", orders)).toMatchInlineSnapshot(`
      "TIME (UTC)               SYMBOL        EVENT     SIDE        PRICE        QUANTITY          FILLED  ORDER ID
      2024-08-08 12:00:00.123  BTCUSDT       whole     -          -           -               -           2 bids, 1 asks
      2024-08-08 12:00:00.123  BTCUSDT       created   buy    61837           0.05            0.001       2046839978799111
      2024-08-08 12:00:00.123  BTCUSDT       deleted   sell       -           0.05            -           14 (market, liquidation, stop)
      "
    `);
  });

  it("prints each order that stands as a line of CSV, and each event", async () => {
    expect(await printed("orders BTCUSDT --count 3 --csv", orders, false)).toMatchInlineSnapshot(`
      "eventMicros,receiveMicros,exchange,symbol,orderId,event,side,kind,marks,price,quantity,filledQuantity,originalQuantity,flags,partitionId,offset
      1723118400123000,1723118400125000,binancespot,BTCUSDT,11,standing,buy,limit,,61836,1.5,,,snapshot|last-in-event,3,0
      1723118400123000,1723118400125000,binancespot,BTCUSDT,12,standing,buy,limit,,61835,0.001,,,snapshot|last-in-event,3,0
      1723118400123000,1723118400125000,binancespot,BTCUSDT,13,standing,sell,limit,,61838,0.025,,,snapshot|last-in-event,3,0
      1723118400123000,1723118400125000,binancespot,BTCUSDT,2046839978799111,created,buy,limit,,61837,0.05,0.001,0.051,last-in-event,3,1
      1723118400123000,1723118400125000,binancespot,BTCUSDT,14,deleted,sell,market,liquidation|stop,,0.05,,,last-in-event,3,2
      "
    `);
  });

  it("prints the parts of all orders", async () => {
    const parts = ({ service }: Scene) => {
      for (const part of [0, 1])
        service.publish("orders", "BTCUSDT", (id) =>
          encodeOrderSnapshot("BTCUSDT", id, { part, isLast: part === 1, bids: [[part, 5, 5]] }),
        );
    };
    const lines = (await printed("orders BTCUSDT --count 2", parts)).trimEnd().split("\n");
    expect(lines.slice(1).map((line) => line.slice(-24).trim())).toEqual([
      "1 bids, 0 asks, part 0",
      "1 bids, 0 asks, part 1",
    ]);
  });

  it("gives exact JSON", async () => {
    const rows = (await printed("orders BTCUSDT --count 3", orders, false)).trimEnd().split("\n");
    expect(rows.map((row) => JSON.parse(row))).toMatchSnapshot();
  });
});

describe("a feed with hostile texts", () => {
  it("does not steer the terminal", async () => {
    const name = "EVIL\u001b[2J\u0007";
    const scene = cli("gaps", { terminal: true });
    scene.service.publish("gaps", "BTCUSDT", (id) => encodeGap(name, id, DataType.Trade, 1));
    expect(await scene.run(scene.exit)).toBe(0);
    expect(scene.output.text).toContain("EVIL\ufffd[2J\ufffd");
    expect(scene.output.text).not.toContain("\u001b");
  });
});

describe("a feed as CSV", () => {
  it.each([
    ["trades BTCUSDT", trade],
    ["bars BTCUSDT 1m", bar],
    ["top BTCUSDT", top],
    ["mark BTCUSDT", mark],
    ["liquidations BTCUSDT", liquidation],
    ["options BTCUSDT", option],
    ["tickers BTCUSDT", ticker],
  ])("ims %s", async (command, publish) => {
    const text = await printed(`${command} --format csv --count 1`, publish, false);
    expect(text).toMatchSnapshot();
    expect(await printed(`${command} --csv --count 1`, publish)).toBe(text);
  });
});

describe("a feed as JSON", () => {
  it.each([
    ["top BTCUSDT", top],
    ["mark BTCUSDT", mark],
    ["liquidations BTCUSDT", liquidation],
    ["options BTCUSDT", option],
    ["tickers BTCUSDT", ticker],
  ])("ims %s", async (command, publish) => {
    const text = await printed(`${command} --count 1`, publish, false);
    expect(JSON.parse(text)).toMatchSnapshot();
    expect(text.endsWith("}\n")).toBe(true);
  });
});

describe("a feed from the past", () => {
  it.each([
    ["first", [1, 2, 3]],
    ["1", [2, 3]],
    ["1970-01-01T00:00:02", [2, 3]],
  ])("--from %s", async (from, expected) => {
    const scene = cli(`trades BTCUSDT --from ${from} --count ${expected.length}`);
    for (let id = 1; id <= 3; id++) {
      scene.broker.nowMicros = id * 1_000_000;
      scene.service.publishTrade("BTCUSDT", id);
    }
    expect(await scene.run(scene.exit)).toBe(0);
    expect(scene.output.lines.map((text) => JSON.parse(text).tradeId)).toEqual(expected);
  });

  it("refuses what is no place with 2", async () => {
    const scene = cli("trades BTCUSDT --from yesterday");
    expect(await scene.run(scene.exit)).toBe(2);
    expect(scene.errors.text).toMatch(
      /^ims: --from: "yesterday" is neither first, last, an offset nor a time/,
    );
    expect(scene.connects).toEqual([]);
  });
});

describe("ims gaps", () => {
  function withLosses(commandLine: string, terminal = true) {
    const scene = cli(commandLine, { terminal });
    const { service } = scene;
    service.publish("gaps", "BTCUSDT", (id) => encodeGap("BTCUSDT", id, DataType.Trade, 100));
    service.publish("gaps", "ETHUSDT", (id) => encodeGap("ETHUSDT", id, DataType.Bar, 200, 1));
    service.publish("gaps", "BTCUSDT", (id) => encodeGap("BTCUSDT", id, DataType.Book, 300));
    return scene;
  }

  it("lists the ledger without asking the service", async () => {
    const { run, exit, output, service } = withLosses("gaps");
    expect(await run(exit)).toBe(0);
    expect(output.text).toMatchInlineSnapshot(`
      "TOLD (UTC)               SYMBOL        DATA         REASON             MISSING  FILLED  FROM .. TO
      2024-08-08 12:00:00.123  BTCUSDT       trades       sequence-broken          ?       2  100 .. 109
      2024-08-08 12:00:00.123  ETHUSDT       bars 1m      sequence-broken          ?       2  200 .. 209
      2024-08-08 12:00:00.123  BTCUSDT       book         sequence-broken          ?       2  300 .. 309
      "
    `);
    expect(service.requests).toEqual([]);
  });

  it.each([
    ["--symbol BTCUSDT", [100, 300]],
    ["--data bars", [200]],
    ["--symbol BTCUSDT --data book", [300]],
    ["--count 1", [100]],
  ])("lists those with %s", async (filter, expected) => {
    const { run, exit, output } = withLosses(`gaps ${filter}`, false);
    expect(await run(exit)).toBe(0);
    expect(output.lines.map((text) => JSON.parse(text).fromId)).toEqual(expected);
  });

  it("prints CSV", async () => {
    const { run, exit, output } = withLosses("gaps --csv --count 1", false);
    expect(await run(exit)).toBe(0);
    expect(output.text).toMatchInlineSnapshot(`
      "publishMicros,exchange,symbol,data,resolution,reason,fromId,toId,fromMicros,toMicros,missingCount,filledCount,flags,partitionId,offset
      1723118400123000,binancespot,BTCUSDT,trades,,sequence-broken,100,109,1723118400122995,,,2,,0,0
      "
    `);
  });

  it("says so when there are none, and suggests near kinds of data", async () => {
    const none = withLosses("gaps --symbol DOTEUR");
    expect(await none.run(none.exit)).toBe(0);
    expect(none.output.text).toBe("");
    expect(none.errors.text).toBe("ims: binancespot has told of no such losses\n");
    const misspelt = withLosses("gaps --symbol BTCUSTD");
    expect(await misspelt.run(misspelt.exit)).toBe(0);
    expect(misspelt.errors.text).toBe(
      'ims: binancespot has told of no such losses (did you mean "BTCUSDT"?)\n',
    );
    const wrong = withLosses("gaps --data trade");
    expect(await wrong.run(wrong.exit)).toBe(2);
    expect(wrong.errors.text).toMatch(
      /^ims: --data: "trade" is none of trades, bars, .*did you mean "trades"/,
    );
  });
});

describe("ims symbols", () => {
  it("prints CSV", async () => {
    const { broker, service, run, exit, output } = cli("symbols --csv");
    const place = service.place("instruments", 0);
    broker.append(place, encodeInstrument({ symbol: "ETHUSDT", base: "ETH", quote: "USDT" }));
    broker.append(
      place,
      encodeInstrument({ symbol: "BTCUSDT", base: "BTC", quote: "USDT", contractSize: 100 }),
    );
    expect(await run(exit)).toBe(0);
    expect(output.text).toMatchInlineSnapshot(`
      "exchange,symbol,base,quote,settle,kind,status,priceScale,quantityScale,priceIncrement,quantityIncrement,contractSize
      binancespot,BTCUSDT,BTC,USDT,USDT,spot,trading,2,5,0.01,0.00001,100
      binancespot,ETHUSDT,ETH,USDT,USDT,spot,trading,2,5,0.01,0.00001,
      "
    `);
  });
});

describe("the help of every command", () => {
  const commands = [
    "symbols",
    "trades",
    "bars",
    "top",
    "book",
    "mark",
    "liquidations",
    "options",
    "tickers",
    "orders",
    "gaps",
  ];
  const others = ["status", "config", "tail", "completion", "iggy", "iggy tail", "broker"];
  it.each([...commands, ...others])("ims %s --help shows examples", async (command) => {
    const { run, exit, output } = cli(`${command} --help`);
    expect(await run(exit)).toBe(0);
    expect(output.text).toMatch(/^Usage: ims /);
    expect(output.text).toMatch(new RegExp(`\nExamples:\n  .*ims ${command.split(" ").at(-1)} ?`));
  });
});
