import type { Command } from "commander";

/** One command of the tree, as completion needs it. */
export interface CommandNode {
  /** Names from the program's first command on, joined by blanks; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly takesValue: boolean;
  }[];
}

/** The program and all commands below it. */
export function commandNodes(program: Command): CommandNode[] {
  return nodesOf(program, "");
}

function nodesOf(command: Command, path: string): CommandNode[] {
  const commands = command.commands.map((child) => ({
    name: child.name(),
    description: child.description(),
  }));
  const options = command.createHelp().visibleOptions(command);
  const node: CommandNode = {
    path,
    description: command.description(),
    commands,
    options: options.flatMap(({ long, description, required, optional }) =>
      long ? [{ flag: long, description, takesValue: required || optional }] : [],
    ),
  };
  const below = command.commands.flatMap((child) => nodesOf(child, `${path} ${child.name()}`.trim()));
  return [node, ...below];
}
