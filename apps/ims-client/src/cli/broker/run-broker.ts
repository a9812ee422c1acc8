import type { Broker, BrokerLogger } from "@ims/iggy-broker";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { errorText } from "../output/error-text.js";
import type { BrokerSettings } from "./broker-settings.js";

/** `ims broker`: runs a broker until an interrupt, which it survives with everything on disk. */
export async function runBroker(environment: CliEnvironment, settings: BrokerSettings): Promise<void> {
  const { interrupted, output, errors } = environment;
  const { host, port, dataDir, username, password, allowDefaultCredentials } = settings;
  // Loaded here: the other commands do without a broker. In a thread of its own, whose memory is set up for it.
  const { startBrokerWorker } = await import("@ims/iggy-broker");
  const tls = tlsOf(settings);
  const broker = await startBrokerWorker({
    host,
    port,
    dataDir,
    username,
    password,
    ...(tls ? { tls } : {}),
    ...(allowDefaultCredentials ? { allowDefaultCredentials } : {}),
    logger: loggerFor(environment),
  });
  const reload = () => {
    broker.reloadTls().catch((error: unknown) => errors.write(errorText(error)));
  };
  const forget = environment.onHangUp(reload);
  try {
    const scheme = tls ? "iggy+tls" : "iggy";
    await output.write(`listening on ${scheme}://${broker.host}:${broker.port}, data in ${dataDir}\n`);
    await Promise.race([aborted(interrupted), failed(broker.ended)]);
  } finally {
    forget();
    await broker.close();
  }
}

function tlsOf({ tlsCert, tlsKey }: BrokerSettings) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) return { certFile: tlsCert, keyFile: tlsKey };
  const missing = tlsCert === undefined ? "--tls-cert" : "--tls-key";
  throw fail("client.invalid-argument", `TLS needs a certificate and its key; ${missing} is missing`);
}

/** Log lines on the error output: for people on a terminal, JSON lines otherwise. */
function loggerFor({ errors }: CliEnvironment): BrokerLogger {
  const log = (level: string) => (context: object, message: string) => {
    const text = errors.isTerminal
      ? `${level}: ${message} ${JSON.stringify(context)}\n`
      : `${JSON.stringify({ level, message, ...context })}\n`;
    void errors.write(text);
  };
  return { debug: () => undefined, info: log("info"), warn: log("warn"), error: log("error") };
}

/** Rejects when the broker cannot go on. */
async function failed(ended: Broker["ended"]): Promise<void> {
  const { error } = await ended;
  if (error) throw error;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
