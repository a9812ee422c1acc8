import type { Command } from "commander";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText } from "../command-options.js";
import { addBuildCommand } from "./build-command.js";
import { addChangeCommands } from "./change-commands.js";
import { type ControlPackages, INSTALLED_CONTROL } from "./control-packages.js";
import { addDeployCommand } from "./deploy-command.js";
import { type FilterPackages, INSTALLED_PACKAGES } from "./filter-packages.js";
import { addListCommand } from "./list-command.js";
import { addNewCommand } from "./new-command.js";
import { addTestCommand } from "./test-command.js";

/** Adds `ims filter …`. What compiles and runs modules is loaded only when a command needs it. */
export function addFilterCommand(
  program: Command,
  environment: CliEnvironment,
  packages: FilterPackages = INSTALLED_PACKAGES,
  control: ControlPackages = INSTALLED_CONTROL,
): void {
  const filter = program
    .command("filter")
    .description("write, build and try filters in WebAssembly for streams, and deploy them")
    .addHelpText(
      "after",
      examplesText([
        ["ims filter new cheap-calls", "a project to begin with"],
        ["ims filter build cheap-calls", "compile and check it"],
        ["ims filter test cheap-calls/build/cheap-calls.wasm", "run it on sample options"],
        [
          "ims filter deploy cheap-calls/build/cheap-calls.wasm --stream deribit-market-data",
          "run it on a stream",
        ],
        ["ims filter list", "what is deployed"],
      ]),
    );
  addNewCommand(filter, environment, packages);
  addBuildCommand(filter, environment, packages);
  addTestCommand(filter, environment, packages);
  addDeployCommand(filter, environment, control);
  addListCommand(filter, environment, control);
  addChangeCommands(filter, environment, control);
}
