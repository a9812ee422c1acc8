import type { CommandNode } from "./command-tree.js";

/** Words that may follow an option, by the option. */
export type OptionValues = Readonly<Record<string, readonly string[]>>;

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes the commands, options and known values of `ims` in a shell. */
export function completionScript(shell: Shell, nodes: readonly CommandNode[], values: OptionValues): string {
  switch (shell) {
    case "bash":
      return bash(nodes, values);
    case "zsh":
      return zsh(nodes, values);
    case "fish":
      return fish(nodes, values);
  }
}

function bash(nodes: readonly CommandNode[], values: OptionValues): string {
  return `# bash completion of ims: source <(ims completion bash)
_ims() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at="" words="" index
  case "$before" in
${valueCases(values)}
  esac
  if [ -z "$words" ]; then
    for ((index = 1; index < COMP_CWORD; index++)); do
${indented(stepCase(nodes, "$" + "{COMP_WORDS[index]}"), 6)}
    done
    case "$at" in
${wordCases(nodes)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ims ims
`;
}

function zsh(nodes: readonly CommandNode[], values: OptionValues): string {
  return `#compdef ims
# zsh completion of ims: source <(ims completion zsh)
_ims() {
  local before="\${words[CURRENT-1]}" at="" found="" index
  case "$before" in
${valueCases(values).replaceAll("words=", "found=")}
  esac
  if [[ -z "$found" ]]; then
    for ((index = 2; index < CURRENT; index++)); do
${indented(stepCase(nodes, "$" + "{words[index]}"), 6)}
    done
    case "$at" in
${wordCases(nodes).replaceAll("words=", "found=")}
    esac
  fi
  compadd -- \${=found}
}
if [[ "$funcstack[1]" == "_ims" ]]; then _ims "$@"; else compdef _ims ims; fi
`;
}

/** Goes one command further where a word is one of those below the command so far. */
function stepCase(nodes: readonly CommandNode[], word: string): string {
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  return `case "\${at:+$at }${word}" in
  ${paths.join("|")}) at="\${at:+$at }${word}" ;;
esac`;
}

function valueCases(values: OptionValues): string {
  return Object.entries(values)
    .map(([flag, words]) => `    ${flag}) words="${words.join(" ")}" ;;`)
    .join("\n");
}

function wordCases(nodes: readonly CommandNode[]): string {
  return nodes
    .map(({ path, commands, options }) => {
      const words = [...commands.map(({ name }) => name), ...options.map(({ flag }) => flag)];
      return `      "${path}") words="${words.join(" ")}" ;;`;
    })
    .join("\n");
}

function indented(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => `${" ".repeat(width)}${line}`)
    .join("\n");
}

function fish(nodes: readonly CommandNode[], values: OptionValues): string {
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => `'${path}'`);
  const lines = nodes.flatMap(({ path, commands, options }) => [
    ...commands.map(
      ({ name, description }) =>
        `complete -c ims -f -n '__ims_at "${path}"' -a ${name} -d ${fishText(description)}`,
    ),
    ...options.map(({ flag, description, takesValue }) => {
      const known = values[flag];
      const value = takesValue ? (known ? ` -x -a '${known.join(" ")}'` : " -r") : "";
      return `complete -c ims -n '__ims_at "${path}"' -l ${flag.slice(2)}${value} -d ${fishText(description)}`;
    }),
  ]);
  return `# fish completion of ims: ims completion fish | source
function __ims_at
  set -l at
  for word in (commandline -opc)[2..-1]
    set -l next (string join ' ' -- $at $word)
    if contains -- "$next" ${paths.join(" ")}
      set at $next
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
