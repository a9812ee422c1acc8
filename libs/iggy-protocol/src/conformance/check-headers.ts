import { COMMANDS } from "../command-table.js";
import type { Credentials } from "../commands/login.js";
import { evictionErrorCode } from "../errors/eviction-reason.js";
import { decodeEviction } from "../frame/eviction.js";
import { FrameKind, frameKind, frameSize, HEADER_BYTES } from "../frame/frame-layout.js";
import { Operation } from "../frame/operation.js";
import { decodeReplyHeader, encodeReplyFrame, encodeReplyHeader } from "../frame/reply-header.js";
import { readReply, refusalBody } from "../frame/reply-outcome.js";
import { decodeRequestHeader, encodeRequestHeader } from "../frame/request-header.js";
import { PROTOCOL_VERSION } from "../primitives/protocol-version.js";
import type { Report } from "./report.js";
import {
  byteDifference,
  bytesOf,
  hexBytes,
  integerOf,
  isVector,
  textOf,
  type Vector,
  valueDifferences,
} from "./vector.js";

/** `{fields, header}` */
export function checkRequestHeaders(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    const fields = fieldsOf(vector, "fields");
    const name = textOf(vector, "name");
    report.check(`${name}, encode`, () => {
      const header = encodeRequestHeader(
        {
          client: integerOf(fields, "client"),
          request: integerOf(fields, "request"),
          operation: Number(integerOf(fields, "operation")),
          session: integerOf(fields, "session"),
          code: Number(fields.nonReplicatedCode ?? 0),
          requestChecksum: BigInt((fields.requestChecksum as string | undefined) ?? 0),
        },
        Number(integerOf(fields, "size")) - HEADER_BYTES,
      );
      return byteDifference("the header", bytesOf(vector, "header"), header);
    });
    report.check(`${name}, decode`, () => {
      const { code, ...decoded } = decodeRequestHeader(bytesOf(vector, "header"));
      return valueDifferences(fields, { ...decoded, nonReplicatedCode: code });
    });
  }
}

/** The name that the client of the vectors gives itself. */
const SDK_NAME = "node-sdk";

/** `{args: {username, password | token, sdkVersion}, body}` */
export function checkRegisterBodies(vectors: readonly Vector[], report: Report): void {
  const { codec } = COMMANDS.login;
  for (const vector of vectors) {
    const args = fieldsOf(vector, "args");
    const name = textOf(vector, "name");
    const expected = {
      protocolVersion: PROTOCOL_VERSION,
      sdkName: typeof args.sdkName === "string" ? args.sdkName : SDK_NAME,
      sdkVersion: textOf(args, "sdkVersion"),
      credentials: credentialsOf(args),
      context: typeof args.context === "string" ? hexBytes(args.context, "context") : new Uint8Array(0),
    };
    report.check(`${name}, encode`, () =>
      byteDifference("the body", bytesOf(vector, "body"), codec.encodeRequestUnchecked(expected)),
    );
    report.check(`${name}, decode`, () =>
      valueDifferences(
        { ...expected, context: Buffer.from(expected.context).toString("hex") },
        codec.decodeRequest(bytesOf(vector, "body")),
      ),
    );
  }
}

function credentialsOf(args: Vector): Credentials {
  if (typeof args.token === "string") return { kind: "token", token: args.token };
  return { kind: "password", username: textOf(args, "username"), password: textOf(args, "password") };
}

/** `{header?, body?, error}`: a status, a result section or an eviction; without a header the body is a committed reply. */
export function checkErrorReplies(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    const name = textOf(vector, "name");
    const error = Number(integerOf(vector, "error"));
    const body = hexBytes(typeof vector.body === "string" ? vector.body : "", "body");
    if (typeof vector.header !== "string") {
      report.check(`${name}, encode`, () => byteDifference("the body", body, refusalBody(error)));
    }
    report.check(`${name}, decode`, () => {
      const frame =
        typeof vector.header === "string"
          ? Buffer.concat([bytesOf(vector, "header"), body])
          : encodeReplyFrame({ client: 1n, request: 1, operation: Operation.CreateStream }, body);
      return valueDifferences(error, errorOf(new Uint8Array(frame)), "error");
    });
    if (typeof vector.header === "string") {
      report.check(`${name}, header`, () => headerAgain(bytesOf(vector, "header"), body.length));
    }
  }
}

/** What a reply header says behind the fields that clients ignore (wire.md section 2.1). */
const MEANT_FROM = 128;

/** Reply headers must come out as they were read; evictions hold fields of the server that nobody writes again. */
function headerAgain(header: Uint8Array, bodyBytes: number): string[] {
  if (frameKind(header) !== FrameKind.Reply) return [];
  const again = encodeReplyHeader(decodeReplyHeader(header), bodyBytes);
  return [
    ...valueDifferences(frameSize(header), frameSize(again), "size"),
    ...byteDifference("the header behind byte 128", header.subarray(MEANT_FROM), again.subarray(MEANT_FROM)),
  ];
}

function errorOf(frame: Uint8Array): number {
  const outcome = readReply(frame);
  if (outcome.kind === "refused") return outcome.code;
  return outcome.kind === "evicted" ? evictionErrorCode(decodeEviction(frame).reason) : 0;
}

function fieldsOf(vector: Vector, field: string): Vector {
  const fields = vector[field];
  if (!isVector(fields)) throw new Error(`the vector has no object "${field}"`);
  return fields;
}
