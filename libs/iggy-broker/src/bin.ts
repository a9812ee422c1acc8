#!/usr/bin/env node
import { parseArgs } from "node:util";
import { describeError } from "@ims/common";
import type { BrokerLogger } from "./broker-options.js";
import { startBrokerWorker } from "./broker-worker.js";

const USAGE = `usage: iggy-broker [--host ADDRESS] [--port PORT] [--data-dir FOLDER]
                   [--tls-cert FILE --tls-key FILE] [--allow-default-credentials]
  --host      address to listen on, default 127.0.0.1
  --port      default 8090, 0 = any free port
  --data-dir  default .ims/broker
  --tls-cert, --tls-key
              PEM files: TLS connections only; SIGHUP reads them again
  --allow-default-credentials
              listen on other addresses than loopback although the root user is iggy / iggy
The root user of a new folder comes from IGGY_ROOT_USERNAME and IGGY_ROOT_PASSWORD, default iggy / iggy.
A folder that has been used keeps its own.

       iggy-broker verify [--data-dir FOLDER]   reads everything, changes nothing, prints what is damaged
       iggy-broker repair [--data-dir FOLDER]   mends it; what is cut off or set aside stays as *.damaged
Neither touches a folder that a running broker holds.
`;

function line(level: string) {
  return (context: object, message: string) => {
    process.stderr.write(`${JSON.stringify({ level, message, ...context })}\n`);
  };
}

const logger: BrokerLogger = {
  debug: () => undefined,
  info: line("info"),
  warn: line("warn"),
  error: line("error"),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8090" },
      "data-dir": { type: "string", default: ".ims/broker" },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      "allow-default-credentials": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [command] = positionals;
  if (command === "verify" || command === "repair") {
    // Loaded only here, so that a broker starts sooner.
    const { runMaintenance } = await import("./maintenance/maintenance-command.js");
    const print = (text: string) => process.stdout.write(`${text}\n`);
    process.exitCode = await runMaintenance({ command, dataDir: values["data-dir"], print });
    return;
  }
  if (command !== undefined) throw new Error(`there is no command ${JSON.stringify(command)}\n${USAGE}`);
  const { IGGY_ROOT_USERNAME: username, IGGY_ROOT_PASSWORD: password } = process.env;
  const { "tls-cert": certFile = "", "tls-key": keyFile = "" } = values;
  const tls = certFile || keyFile ? { certFile, keyFile } : undefined;
  const broker = await startBrokerWorker({
    host: values.host,
    port: Number(values.port),
    dataDir: values["data-dir"],
    username,
    password,
    ...(tls ? { tls } : {}),
    ...(values["allow-default-credentials"] ? { allowDefaultCredentials: true } : {}),
    logger,
  });
  process.stdout.write(`listening on ${broker.host}:${broker.port}\n`);
  let isStopping = false;
  void broker.ended.then(({ error }) => {
    if (error === undefined) return;
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  });
  const stop = () => {
    // A second signal does not wait for the disk.
    if (isStopping) process.exit(1);
    isStopping = true;
    broker.close().catch((error: unknown) => {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on("SIGHUP", () => {
    broker
      .reloadTls()
      .catch((error: unknown) =>
        logger.error({ error: describeError(error) }, "the TLS files stay as they were"),
      );
  });
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`iggy-broker: ${describeError(error)}\n`);
  process.exitCode = 1;
});
