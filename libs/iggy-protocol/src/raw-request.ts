import { commandByCode } from "./command-table.js";
import { fail } from "./errors/protocol-errors.js";

/**
 * Checks a body that the caller encoded itself: bodies that cannot be read end the process of some servers, or get no
 * answer. Throws `iggy-protocol.malformed-request` with the fault as cause. Codes that protocol 0.11 does not define
 * pass: nothing is known about them.
 */
export function checkRawRequest(code: number, body: Uint8Array): void {
  const command = commandByCode(code);
  if (command === undefined) return;
  try {
    command.codec.encodeRequest(command.codec.decodeRequest(body) as never);
  } catch (cause) {
    throw fail(
      "iggy-protocol.malformed-request",
      `the body of ${body.length} bytes for command ${code} (${command.name}) breaks its rules`,
      { cause, context: { code, command: command.name } },
    );
  }
}
