import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { MessageDefinition } from "./schema-model.js";

/**
 * Refuses messages that generated code cannot keep apart: names that differ at most in case and underscores would
 * share a file. Types in that position get another name in code, but a message's name is what its users know it by.
 */
export function checkNames(messages: readonly MessageDefinition[], diagnostics: Diagnostics): void {
  const owners = new Map<string, MessageDefinition>();
  for (const message of messages) {
    const key = message.name.replaceAll("_", "").toLowerCase();
    const other = owners.get(key);
    owners.set(key, message);
    // Equal names have been reported already.
    if (other === undefined || other.name === message.name) continue;
    diagnostics.error(
      message.place,
      `the name "${message.name}" meets "${other.name}" at ${other.place.file}:${other.place.line} in generated code`,
      "Rename one of them",
    );
  }
}
