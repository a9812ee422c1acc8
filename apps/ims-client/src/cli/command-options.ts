import { type Command, Option } from "commander";
import { DEFAULT_IGGY_URL } from "../client/connect-options.js";
import { OUTPUT_FORMATS } from "./cli-settings.js";

export type Example = readonly [command: string, remark: string];

/** The part of a help that shows how a command is used. */
export function examplesText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, remark]) => `  ${command.padEnd(width)}  ${remark}`.trimEnd());
  return `\nExamples:\n${lines.join("\n")}\n`;
}

/** The options of every command that asks a service. */
export function withConnection(command: Command): Command {
  return withFormat(
    command
      .option("--exchange <name>", "exchange (default: binancespot)")
      .option("--url <url>", `address of the broker (default: ${DEFAULT_IGGY_URL})`)
      .option("--client-id <number>", "client number, 100 to 65535 (default: a random one)"),
  );
}

/** The options of every command that prints rows. */
export function withFormat(command: Command): Command {
  const shorts = ["table", "json", "csv"];
  const short = (name: string, text: string) =>
    new Option(`--${name}`, text).conflicts([...shorts.filter((other) => other !== name), "format"]);
  return command
    .option("--format <how>", `${OUTPUT_FORMATS.join(", ")} (default: table on a terminal, else json)`)
    .addOption(short("table", "aligned columns"))
    .addOption(short("json", "JSON lines"))
    .addOption(short("csv", "CSV with a header"));
}
