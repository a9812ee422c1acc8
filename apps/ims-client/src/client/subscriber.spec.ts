import { SYMBOLS_PER_REQUEST_MAX } from "@ims/common";
import { describe, expect, it } from "vitest";
import { stage } from "../spec-support/client-stage.js";

const COUNT = SYMBOLS_PER_REQUEST_MAX + 3;
const NAMES = Array.from({ length: COUNT }, (_, index) => `S${index}`);

async function loggedIn() {
  const made = stage();
  for (const [index, name] of NAMES.entries()) {
    made.service.symbols.set(name, { instrumentId: 1000 + index, partitionId: index % 4 });
  }
  await made.run(made.client.login());
  return made;
}

describe("subscriptions to many symbols", () => {
  it("are asked for in few requests, each for as many as it may name", async () => {
    const { client, service, run } = await loggedIn();
    const before = service.requestIds.length;
    const subscriptions = await run(client.startTradeData(NAMES));
    expect(service.requestIds.length - before).toBe(2);
    expect(subscriptions.map(({ symbol }) => symbol)).toEqual(NAMES);
    expect(subscriptions.at(-1)).toMatchObject({ partitionId: (COUNT - 1) % 4, instrumentId: 999 + COUNT });
    await run(client.startTradeData([...NAMES.slice(0, 5), "BTCUSDT"]));
    expect(service.requests.at(-1)).toBe("start BTCUSDT 1/0");
    expect(service.requestIds.length - before).toBe(3);
    await run(client.stopTradeData(NAMES));
    expect(service.requestIds.length - before).toBe(5);
    expect(client.subscriptions.map(({ symbol }) => symbol)).toEqual(["BTCUSDT"]);
    await run(client.shutdown());
  });

  it("are taken back when a later request of the same call is refused", async () => {
    const { client, service, run } = await loggedIn();
    service.symbols.delete(NAMES[COUNT - 1]!);
    await expect(run(client.startTradeData(NAMES))).rejects.toMatchObject({ code: "client.refused" });
    expect(client.subscriptions).toEqual([]);
    const stops = service.requests.filter((text) => text.startsWith("stop"));
    expect(stops).toEqual(NAMES.slice(0, SYMBOLS_PER_REQUEST_MAX).map((name) => `stop ${name} 1/0`));
    await run(client.shutdown());
  });
});
