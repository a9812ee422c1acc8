import { type CliEnvironment, CommandFailed } from "../cli-environment.js";

/**
 * `ims broker verify` and `ims broker repair`: a line for each problem of a data folder.
 * @throws CommandFailed (rejected) when something is damaged, or still is
 */
export async function maintain(
  { output }: CliEnvironment,
  command: "verify" | "repair",
  dataDir: string,
): Promise<void> {
  const { runMaintenance } = await import("@ims/iggy-broker");
  const print = (text: string) => void output.write(`${text}\n`);
  if ((await runMaintenance({ command, dataDir, print })) !== 0) throw new CommandFailed();
}
