import { didYouMean } from "@ims/common";
import type { Command } from "commander";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type BrokerFlags, readBrokerSettings } from "./broker-settings.js";
import { maintain } from "./maintain.js";
import { runBroker } from "./run-broker.js";

const EXAMPLES = `
Examples:
  ims broker                                  on 127.0.0.1:8090 with its data in .ims/broker
  ims broker --port 0 --data-dir /tmp/scratch
  ims broker verify --data-dir /tmp/scratch   is anything damaged?
  IGGY_ROOT_USERNAME=ops IGGY_ROOT_PASSWORD=… ims broker --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem

The root user of a new folder comes from IGGY_ROOT_USERNAME and IGGY_ROOT_PASSWORD, default iggy / iggy; a folder that
has been used keeps its own. SIGHUP makes it read the TLS files again. Clients connect with iggy://USER:PASSWORD@HOST:PORT,
with TLS iggy+tls://USER:PASSWORD@HOST:PORT?tls_ca_file=/path/to/ca.pem.
`;

const MAINTENANCE = {
  verify: "read everything in a data folder, change nothing, print what is damaged",
  repair: "mend a data folder; what is cut off or set aside stays as *.damaged",
} as const;

/** Adds `ims broker`: the embedded broker as a process of its own. */
export function addBrokerCommands(program: Command, environment: CliEnvironment): void {
  const broker = program
    .command("broker")
    .description("run the embedded Iggy broker until Ctrl-C")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port, 0 for any free one (default: 8090)")
    .option("--data-dir <folder>", "folder of this broker alone (default: .ims/broker)")
    .option(
      "--tls-cert <file>",
      "certificate in PEM form, then those that vouch for it: takes TLS connections only",
    )
    .option("--tls-key <file>", "its private key in PEM form, without passphrase")
    .option(
      "--allow-default-credentials",
      "listen on other addresses than loopback although the user is iggy / iggy",
    )
    .addHelpText("after", EXAMPLES)
    // Words that are no command end up here; commander would only count them.
    .allowExcessArguments()
    .action((flags: BrokerFlags, { args: [word] }: Command) => {
      if (word !== undefined) {
        const suggestion = didYouMean(word, Object.keys(MAINTENANCE));
        throw fail("client.invalid-argument", `ims broker has no command "${word}"${suggestion}`);
      }
      return runBroker(environment, readBrokerSettings(flags, environment.env));
    });
  for (const command of ["verify", "repair"] as const) {
    broker
      .command(command)
      .description(MAINTENANCE[command])
      .option("--data-dir <folder>", "folder of a broker that does not run (default: .ims/broker)")
      .action((_flags: BrokerFlags, it: Command) => {
        // The option may stand before or behind the name of the command.
        const { dataDir } = readBrokerSettings(it.optsWithGlobals<BrokerFlags>(), environment.env);
        return maintain(environment, command, dataDir);
      });
  }
}
