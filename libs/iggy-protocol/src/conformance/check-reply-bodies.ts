import { commandByCode } from "../command-table.js";
import { encodeReplyFrame } from "../frame/reply-header.js";
import { readReply, successBody } from "../frame/reply-outcome.js";
import { replyCodec, skippedParts, VIEW_OF_REPLY } from "./reply-values.js";
import type { Report } from "./report.js";
import {
  byteDifference,
  bytesOf,
  integerOf,
  isVector,
  textOf,
  type Vector,
  valueDifferences,
} from "./vector.js";

/** `{name, command, code, operation, resultSection?, body, decoded, alsoInBody?}` */
export function checkReplyBodies(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    const name = textOf(vector, "name");
    const code = Number(integerOf(vector, "code"));
    const command = commandByCode(code);
    if (command === undefined) {
      report.check(name, () => [`command code ${code} is not in the table`]);
      continue;
    }
    report.check(`${name}, frame`, () => [
      ...valueDifferences(vector.operation, command.replyOperation, "operation"),
      ...valueDifferences(
        vector.resultSection ?? 0,
        bytesOf(vector, "body").length - payloadOf(vector).length,
        "the length of the result section",
      ),
    ]);
    const codec = replyCodec(command);
    report.check(`${name}, decode and encode`, () => {
      const payload = payloadOf(vector);
      const body = successBody(command.replyOperation, codec.encodeReply(codec.decodeReply(payload)));
      return byteDifference("the body", bytesOf(vector, "body"), body);
    });
    const view = VIEW_OF_REPLY.get(code);
    if (view === undefined) {
      report.note(`${name}: its listed values are not compared`);
      continue;
    }
    report.check(`${name}, values`, () => {
      const payload = payloadOf(vector);
      const reply = codec.decodeReply(payload);
      const listed = valueDifferences(vector.decoded, view(reply as never, payload));
      if (!isVector(vector.alsoInBody)) return listed;
      return [...listed, ...valueDifferences(vector.alsoInBody, skippedParts(code, reply), "alsoInBody")];
    });
  }
}

/** What a client finds behind the result section of a reply frame with this body. */
function payloadOf(vector: Vector): Uint8Array {
  const operation = Number(integerOf(vector, "operation"));
  const frame = encodeReplyFrame({ client: 1n, request: 1, operation }, bytesOf(vector, "body"));
  const outcome = readReply(frame);
  if (outcome.kind === "success") return outcome.payload;
  throw new Error(`the body is no success but "${outcome.kind}"`);
}
