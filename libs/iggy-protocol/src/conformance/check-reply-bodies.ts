import { commandByCode } from "../command-table.js";
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
    const resultBytes = Number(vector.resultSection ?? 0);
    report.check(`${name}, frame`, () => [
      ...valueDifferences(vector.operation, command.replyOperation, "operation"),
      ...valueDifferences(resultBytes > 0, command.resultFramed, "the presence of a result section"),
    ]);
    const codec = replyCodec(command);
    report.check(`${name}, decode and encode`, () => {
      const payload = bytesOf(vector, "body").subarray(resultBytes);
      return byteDifference("the payload", payload, codec.encodeReply(codec.decodeReply(payload)));
    });
    const view = VIEW_OF_REPLY.get(code);
    if (view === undefined) {
      report.note(`${name}: its listed values are not compared`);
      continue;
    }
    report.check(`${name}, values`, () => {
      const payload = bytesOf(vector, "body").subarray(resultBytes);
      const reply = codec.decodeReply(payload);
      const listed = valueDifferences(vector.decoded, view(reply as never, payload));
      if (!isVector(vector.alsoInBody)) return listed;
      return [...listed, ...valueDifferences(vector.alsoInBody, skippedParts(code, reply), "alsoInBody")];
    });
  }
}
