import { type AnyCommand, COMMANDS, commandByCode } from "../command-table.js";
import type { CommandCodec } from "../commands/command-codec.js";
import type { Report } from "./report.js";
import { REQUEST_OF_ARGUMENTS, UnmappableArguments } from "./request-arguments.js";
import {
  byteDifference,
  bytesOf,
  integerOf,
  isVector,
  textOf,
  type Vector,
  valueDifferences,
} from "./vector.js";

/**
 * Bytes that a known client puts behind a body and every server ignores (wire.md section 8): the official Node client
 * appends a partition count to "delete topic". Nothing else may follow a body.
 */
const IGNORED_TRAILING_BYTES: ReadonlyMap<number, number> = new Map([[COMMANDS.deleteTopic.code, 4]]);

/** `{command, code, operation, args, body}` */
export function checkRequestBodies(vectors: readonly Vector[], report: Report): void {
  vectors.forEach((vector, index) => {
    const name = `${textOf(vector, "command")} (${index})`;
    const code = Number(integerOf(vector, "code"));
    const command = commandByCode(code);
    if (command === undefined) {
      report.check(name, () => [`command code ${code} is not in the table`]);
      return;
    }
    const codec = command.codec as CommandCodec<unknown, unknown>;
    report.check(`${name}, operation`, () =>
      valueDifferences(vector.operation, command.operation, "operation"),
    );
    report.check(`${name}, decode and encode`, () => {
      const body = bytesOf(vector, "body");
      return bodyDifference(command, body, codec.encodeRequestUnchecked(codec.decodeRequest(body)));
    });
    checkArguments(name, command, vector, report);
  });
}

function checkArguments(name: string, command: AnyCommand, vector: Vector, report: Report): void {
  const requestOf = REQUEST_OF_ARGUMENTS.get(command.code);
  if (requestOf === undefined) {
    report.note(`${name}: no request is made of its arguments`);
    return;
  }
  let request: unknown;
  try {
    request = requestOf(isVector(vector.args) ? vector.args : {});
  } catch (error) {
    if (!(error instanceof UnmappableArguments)) report.check(`${name}, arguments`, () => [String(error)]);
    else report.note(`${name}: no request is made of its ${error.message}`);
    return;
  }
  const codec = command.codec as CommandCodec<unknown, unknown>;
  report.check(`${name}, encode arguments`, () =>
    bodyDifference(command, bytesOf(vector, "body"), codec.encodeRequestUnchecked(request)),
  );
}

function bodyDifference(command: AnyCommand, expected: Uint8Array, actual: Uint8Array): string[] {
  const surplus = expected.length - actual.length;
  const ignored = surplus > 0 && surplus === IGNORED_TRAILING_BYTES.get(command.code);
  return byteDifference("the body", ignored ? expected.subarray(0, actual.length) : expected, actual);
}
