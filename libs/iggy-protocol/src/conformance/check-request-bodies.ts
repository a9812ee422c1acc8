import { type AnyCommand, COMMANDS, commandByCode } from "../command-table.js";
import type { CommandCodec } from "../commands/command-codec.js";
import { viewOf } from "../frame/frame-layout.js";
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
 * appends its partition count to "delete topic". Nothing else may follow a body.
 */
const IGNORED_TRAILERS: ReadonlyMap<number, { readonly argument: string; readonly bytes: number }> = new Map([
  [COMMANDS.deleteTopic.code, { argument: "partitionsCount", bytes: 4 }],
]);

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
      const request = codec.decodeRequest(bytesOf(vector, "body"));
      return bodyDifference(command, vector, codec.encodeRequestUnchecked(request));
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
    bodyDifference(command, vector, codec.encodeRequestUnchecked(request)),
  );
}

function bodyDifference(command: AnyCommand, vector: Vector, actual: Uint8Array): string[] {
  const expected = bytesOf(vector, "body");
  const trailer = IGNORED_TRAILERS.get(command.code);
  if (trailer === undefined || expected.length !== actual.length + trailer.bytes)
    return byteDifference("the body", expected, actual);
  const count = isVector(vector.args) ? vector.args[trailer.argument] : undefined;
  return [
    ...byteDifference("the body", expected.subarray(0, actual.length), actual),
    ...(count === undefined
      ? []
      : valueDifferences(count, viewOf(expected).getUint32(actual.length, true), trailer.argument)),
  ];
}
