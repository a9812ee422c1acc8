import { FRAME_BYTES_MAX, HEADER_BYTES } from "../frame/frame-layout.js";
import { ByteReader } from "../primitives/byte-reader.js";
import { ByteWriter } from "../primitives/byte-writer.js";
import { RequestRules } from "./request-rules.js";

/**
 * Both directions of one command, bodies only: frames and result sections belong to `src/frame`. Encoders refuse
 * arguments outside their range (`iggy-protocol.argument-out-of-range`, for batches also `iggy-protocol.invalid-batch`
 * and `iggy-protocol.checksum-mismatch`), above all what is known to harm servers; decoders refuse bodies that do not follow the
 * layout (`iggy-protocol.truncated`, `iggy-protocol.invalid-value`) and ignore bytes behind it, as servers do.
 */
export interface CommandCodec<Request, Reply> {
  encodeRequest(request: Request): Uint8Array;
  /** Checks only what the layout cannot express: for proxies, recordings and tests of servers. */
  encodeRequestUnchecked(request: Request): Uint8Array;
  decodeRequest(body: Uint8Array): Request;
  encodeReply(reply: Reply): Uint8Array;
  decodeReply(payload: Uint8Array): Reply;
}

/** The fields of a command, written and read in order. */
export interface CommandLayout<Request, Reply> {
  writeRequest(writer: ByteWriter, request: Request): void;
  readRequest(reader: ByteReader): Request;
  writeReply(writer: ByteWriter, reply: Reply): void;
  readReply(reader: ByteReader): Reply;
  /** Rules beyond the layout, for senders. */
  checkRequest?(request: Request, rules: RequestRules): void;
}

const EMPTY = new Uint8Array(0);
const BODY_BYTES_MAX = FRAME_BYTES_MAX - HEADER_BYTES;

export function commandCodec<Request, Reply>(
  subject: string,
  layout: CommandLayout<Request, Reply>,
): CommandCodec<Request, Reply> {
  const rules = new RequestRules(`${subject} request`);
  const encodeRequestUnchecked = (request: Request): Uint8Array => {
    const writer = new ByteWriter(`${subject} request`);
    layout.writeRequest(writer, request);
    return writer.finish();
  };
  return {
    encodeRequest(request) {
      layout.checkRequest?.(request, rules);
      const body = encodeRequestUnchecked(request);
      // A longer frame makes servers close the connection.
      rules.require(
        body.length <= BODY_BYTES_MAX,
        "body",
        `${body.length} bytes`,
        `at most ${BODY_BYTES_MAX}`,
      );
      return body;
    },
    encodeRequestUnchecked,
    decodeRequest: (body) => layout.readRequest(new ByteReader(body, `${subject} request`)),
    encodeReply(reply) {
      const writer = new ByteWriter(`${subject} reply`);
      layout.writeReply(writer, reply);
      return writer.finish();
    },
    decodeReply: (payload) => layout.readReply(new ByteReader(payload, `${subject} reply`)),
  };
}

/** Reads whose missing object is an empty body: the reply is `null` then. */
export function optionalReplyCodec<Request, Reply>(
  subject: string,
  layout: CommandLayout<Request, Reply>,
): CommandCodec<Request, Reply | null> {
  const codec = commandCodec(subject, layout);
  return {
    encodeRequest: codec.encodeRequest,
    encodeRequestUnchecked: codec.encodeRequestUnchecked,
    decodeRequest: codec.decodeRequest,
    encodeReply: (reply) => (reply === null ? EMPTY : codec.encodeReply(reply)),
    decodeReply: (payload) => (payload.length === 0 ? null : codec.decodeReply(payload)),
  };
}

/** Layout parts of commands without request or reply fields. */
export const noRequest = { writeRequest: () => {}, readRequest: () => undefined };
export const noReply = { writeReply: () => {}, readReply: () => undefined };
