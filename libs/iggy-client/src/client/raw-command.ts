import { commandByCode, isMetadataOperation, Operation } from "@ims/iggy-protocol";
import type { CommandRow } from "../connection/request-runner.js";
import { fail } from "../errors.js";

/** Logins and logouts, present and former: they would change the session under the client's feet. */
const SESSION_CODES: ReadonlySet<number> = new Set([38, 39, 40, 44, 45]);

const CODE_MAX = 0xffff_ffff;

/**
 * How a command of this code travels: by its row of the command table, or, where the table does not know it, as a read
 * that the server sorts out (wire.md section 3.2) and that is never repeated, since its effect is not known. Throws
 * `iggy-client.argument` for the codes of the session and for bodies of changes that do not follow their layout: some
 * servers do not survive those (wire.md section 8).
 */
export function rawCommand(code: number, body: Uint8Array): CommandRow {
  if (!Number.isInteger(code) || code < 0 || code > CODE_MAX) {
    throw fail("iggy-client.argument", `command code ${code} is not 0 to ${CODE_MAX}`);
  }
  if (SESSION_CODES.has(code)) {
    throw fail(
      "iggy-client.argument",
      `command code ${code} belongs to the session, which the client keeps itself`,
    );
  }
  const known = commandByCode(code);
  if (!known) return { name: `raw ${code}`, code, operation: Operation.NonReplicated, retry: "appends" };
  if (known.operation === Operation.DeleteSegments || isMetadataOperation(known.operation)) {
    try {
      known.codec.decodeRequest(body);
    } catch (cause) {
      throw fail("iggy-client.argument", `the body is none of ${known.name} (${code})`, { cause });
    }
  }
  return known;
}
