import {
  COMMANDS,
  decodeReplyHeader,
  decodeRequestHeader,
  FrameKind,
  frameBody,
  frameKind,
  IggyErrorCode,
  Operation,
  type StreamTarget,
  type TopicTarget,
} from "@ims/iggy-protocol";

/** Topic options that clients of the released 0.11.0 send with every create, and the recorded server refuses. */
const LATER_OPTIONS = new Set(["durability", "consumer_offset_durability"]);

/** A reply that is right although it is another one than recorded. */
export interface Deviation {
  readonly reason: string;
  /** A topic that the recorded server did not make: to be deleted, so that the rest of the recording fits. */
  readonly surplus?: TopicTarget & StreamTarget;
}

/**
 * The two points where the recordings' README tells a broker to answer otherwise than the recorded server: options of
 * later clients are taken, and requests without a body are refused.
 */
export function knownDeviation(
  request: Uint8Array,
  expected: Uint8Array,
  actual: Uint8Array,
): Deviation | undefined {
  if (frameKind(expected) !== FrameKind.Reply || frameKind(actual) !== FrameKind.Reply) return undefined;
  const recorded = decodeReplyHeader(expected);
  const received = decodeReplyHeader(actual);
  if (recorded.request !== received.request) return undefined;
  const { operation } = decodeRequestHeader(request);
  if (operation === Operation.CreateTopic && recorded.status === IggyErrorCode.UnsupportedOptionKey) {
    return received.status === 0 ? laterOptions(request) : undefined;
  }
  const isBodyless = operation === Operation.DeleteSegments && frameBody(request).length === 0;
  if (isBodyless && recorded.status === 0 && received.status === IggyErrorCode.InvalidCommand) {
    return { reason: "segments are not deleted without saying which" };
  }
  return undefined;
}

function laterOptions(request: Uint8Array): Deviation | undefined {
  const { stream, name, options } = COMMANDS.createTopic.codec.decodeRequest(frameBody(request));
  if (!options.some(({ key }) => LATER_OPTIONS.has(key))) return undefined;
  return { reason: "options of later clients are taken", surplus: { stream, topic: name } };
}
