import { SimulatedClock } from "@ims/common";
import { resolveOptions } from "../client/connect-options.js";
import { ImsClient } from "../client/ims-client.js";
import type { MarketMessage } from "../records/market-message.js";
import { MemoryBroker } from "./memory-broker.js";
import { ScriptedService } from "./scripted-service.js";

/** A client, a broker and a service on one simulated clock. */
export interface Stage {
  readonly clock: SimulatedClock;
  readonly broker: MemoryBroker;
  readonly service: ScriptedService;
  readonly transport: ReturnType<MemoryBroker["transport"]>;
  readonly client: ImsClient;
  /** Moves time until the promise settles, at most a minute; what the test waits for then shows as a failure. */
  run<Result>(promise: Promise<Result>): Promise<Result>;
}

/** @param service of another stage, for a second client of the same service and broker */
export function stage({
  queueCapacity,
  service = new ScriptedService(new MemoryBroker()),
}: {
  queueCapacity?: number;
  service?: ScriptedService;
} = {}): Stage {
  const clock = new SimulatedClock();
  const { broker } = service;
  service.symbols.set("BTCUSDT", { instrumentId: 11, partitionId: 3 });
  service.symbols.set("ETHUSDT", { instrumentId: 12, partitionId: 3 });
  service.symbols.set("BNBUSDT", { instrumentId: 13, partitionId: 1 });
  const transport = broker.transport();
  const settings = resolveOptions({
    clientId: 4242,
    clock,
    random: () => 0.5,
    queueCapacity,
    url: "iggy://localhost:1",
  });
  const client = new ImsClient(transport, settings);
  return {
    clock,
    broker,
    service,
    transport,
    client,
    async run<Result>(promise: Promise<Result>): Promise<Result> {
      let isSettled = false;
      const settled = promise.finally(() => {
        isSettled = true;
      });
      settled.catch(() => undefined);
      for (let millis = 0; !isSettled && millis < 60_000; millis += 5) await clock.advance(5);
      if (!isSettled) throw new Error("nothing happened within a simulated minute");
      return settled;
    },
  };
}

/** Collects messages in the background; the array grows as they come. */
export function collect<Message extends MarketMessage>(iterator: AsyncIterableIterator<Message>): Message[] {
  const messages: Message[] = [];
  void (async () => {
    for await (const message of iterator) messages.push(message);
  })();
  return messages;
}
