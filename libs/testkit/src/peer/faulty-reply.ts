import {
  type ClusterNode,
  COMMANDS,
  EvictionReason,
  encodeEviction,
  encodeReplyFrame,
  isPartitionOperation,
  type RequestHeader,
  SIZE_AT,
  successBody,
  viewOf,
} from "@ims/iggy-protocol";
import { refusalFrame } from "../model/model-connection.js";
import { Refusal } from "../model/refusal.js";
import type { Fault } from "./fault.js";

const UNKNOWN_REQUEST_DISTANCE = 1_000_000n;

/** Faults that change what is sent in reply, and nothing else. */
export type ReplyFault = Extract<
  Fault,
  {
    kind:
      | "drop-reply"
      | "evict"
      | "newer-version"
      | "wrong-size"
      | "garbage"
      | "refuse"
      | "nodes"
      | "duplicate-reply"
      | "unknown-reply";
  }
>;

/**
 * What goes out instead of the plain reply, in order.
 * @param execute carries the request out and gives the reply, or `undefined` for silence
 */
export function faultyReply(
  header: RequestHeader,
  fault: ReplyFault,
  execute: () => Uint8Array | undefined,
): (Uint8Array | undefined)[] {
  switch (fault.kind) {
    case "drop-reply":
      if (fault.executed) execute();
      return [];
    case "evict":
      return [encodeEviction({ client: header.client, reason: fault.reason })];
    case "newer-version":
      return [versionEviction(header, fault.version)];
    case "wrong-size":
      return [resized(execute(), fault.size)];
    case "garbage":
      return [fault.bytes, execute()];
    case "refuse":
      if (fault.executed) execute();
      return [refusalFrame(header, refusalOf(header, fault.code))];
    case "nodes":
      return [nodesReply(header, fault.nodes)];
    case "duplicate-reply": {
      const reply = execute();
      return [reply, reply];
    }
    case "unknown-reply":
      return [replyToNobody(header), execute()];
  }
}

/** Metadata is refused in the result section, everything else in the header. */
function refusalOf({ operation }: RequestHeader, code: number): Refusal {
  return new Refusal(isPartitionOperation(operation) ? "status" : "result", code);
}

function versionEviction({ client }: RequestHeader, version: number): Uint8Array {
  return encodeEviction({
    client,
    reason: EvictionReason.IncompatibleProtocol,
    serverProtocolVersion: version,
    serverProtocolVersionMin: version,
  });
}

function nodesReply(
  { client, request, operation }: RequestHeader,
  nodes: readonly ClusterNode[],
): Uint8Array {
  const payload = COMMANDS.getClusterMetadata.codec.encodeReply({ name: "cluster", nodes });
  return encodeReplyFrame({ client, request, operation }, payload);
}

function replyToNobody({ client, request, operation }: RequestHeader): Uint8Array {
  const fields = { client, request: request + UNKNOWN_REQUEST_DISTANCE, operation };
  return encodeReplyFrame(fields, successBody(operation, new Uint8Array(0)));
}

function resized(reply: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (!reply) return undefined;
  const copy = reply.slice();
  viewOf(copy).setUint32(SIZE_AT, size, true);
  return copy;
}
