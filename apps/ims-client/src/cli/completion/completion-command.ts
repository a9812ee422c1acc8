import { didYouMean, TIME_RESOLUTION_TEXTS } from "@ims/common";
import type { Command } from "commander";
import { SERVED_EXCHANGE_NAMES } from "../../client/client-settings.js";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { OUTPUT_FORMATS } from "../cli-settings.js";
import { examplesText } from "../command-options.js";
import { DECODINGS } from "../iggy/payload-text.js";
import { commandNodes } from "./command-tree.js";
import { completionScript, SHELLS } from "./completion-scripts.js";

/** What is known to follow an option. */
const OPTION_VALUES = {
  "--exchange": SERVED_EXCHANGE_NAMES,
  "--format": OUTPUT_FORMATS,
  "--decode": DECODINGS,
  "--resolution": TIME_RESOLUTION_TEXTS,
} as const;

/** Adds `ims completion`; to be called after all other commands were added. */
export function addCompletionCommand(program: Command, environment: CliEnvironment): void {
  program
    .command("completion")
    .description("print a script that completes ims in a shell: bash, zsh or fish")
    .argument("<shell>", SHELLS.join(", "))
    .addHelpText(
      "after",
      examplesText([
        ["source <(ims completion bash)", "in ~/.bashrc"],
        ["source <(ims completion zsh)", "in ~/.zshrc, behind compinit"],
        ["ims completion fish | source", "in ~/.config/fish/config.fish"],
      ]),
    )
    .action(async (name: string) => {
      const shell = SHELLS.find((known) => known === name.toLowerCase());
      if (!shell) {
        throw fail(
          "client.invalid-argument",
          `"${name}" is none of ${SHELLS.join(", ")}${didYouMean(name, SHELLS)}`,
        );
      }
      await environment.output.write(completionScript(shell, commandNodes(program), OPTION_VALUES));
    });
}
