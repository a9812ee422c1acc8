import { parentPort, workerData } from "node:worker_threads";
import { startBroker } from "./broker.js";
import type { BrokerLogger, BrokerStatus } from "./broker-options.js";
import { toWireError, type WorkerCommand, type WorkerData, type WorkerEvent } from "./worker-messages.js";

/** Entry of the broker's own thread: starts with the given options, ends when told to. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this file is the entry of a worker thread, see startBrokerWorker");
  const tell = (event: WorkerEvent) => port.postMessage(event);
  const log = (level: keyof BrokerLogger) => (context: object, message: string) =>
    tell({ type: "log", level, context: JSON.parse(JSON.stringify(context)) as object, message });
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  try {
    const broker = await startBroker({ ...(workerData as WorkerData), logger });
    const close = () =>
      broker
        .close()
        .then(
          () => tell({ type: "closed" }),
          (error: unknown) => tell({ type: "closed", error: toWireError(error) }),
        )
        .finally(() => port.close());
    const answer = (number: number, work: Promise<BrokerStatus | undefined>) =>
      work.then(
        (status) => tell({ type: "answer", number, ...(status ? { status } : {}) }),
        (error: unknown) => tell({ type: "answer", number, error: toWireError(error) }),
      );
    port.on("message", (command: WorkerCommand) => {
      switch (command.type) {
        case "close":
          return void close();
        case "reload-tls":
          return void answer(
            command.number,
            broker.reloadTls().then(() => undefined),
          );
        case "status":
          return void answer(command.number, broker.status());
      }
    });
    tell({ type: "listening", host: broker.host, port: broker.port });
  } catch (error) {
    tell({ type: "failed", error: toWireError(error) });
    port.close();
  }
}

await main();
