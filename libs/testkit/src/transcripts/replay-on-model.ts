import { decodeReplyHeader, FrameKind, frameKind, HEADER_BYTES, REQUEST_AT } from "@ims/iggy-protocol";
import type { ModelConnection } from "../model/model-connection.js";
import type { ServerModel } from "../model/server-model.js";
import { frameDifference } from "./compare-frames.js";
import { entryFrame, type Transcript, type TranscriptEntry } from "./transcript.js";

const LOGIN_SESSION_AT = HEADER_BYTES + 8;

interface Conversation {
  readonly connection: ModelConnection;
  /** Answers that were not asked for yet: later requests' replies may be recorded before earlier ones'. */
  answers: Uint8Array[];
  /** The session number that the model gave, to be put into the recorded requests. */
  session: Uint8Array | undefined;
}

/** Sends the recorded requests to a model; gives the differences of its answers, none when it answers alike. */
export function replayOnModel(transcript: Transcript, model: ServerModel): string[] {
  const conversations = new Map<string, Conversation>();
  const differences: string[] = [];
  for (const [index, entry] of transcript.exchange.entries()) {
    const known = conversations.get(entry.conn);
    const conversation = known ?? { connection: model.connect(), answers: [], session: undefined };
    conversations.set(entry.conn, conversation);
    const difference =
      entry.dir === "c2s" ? ask(transcript, entry, conversation) : check(transcript, entry, conversation);
    if (difference) differences.push(`#${index} ${entry.note ?? entry.event}: ${difference}`);
  }
  return differences;
}

function ask(transcript: Transcript, entry: TranscriptEntry, conversation: Conversation): undefined {
  if (entry.event !== undefined) {
    conversation.connection.endSession();
    return undefined;
  }
  const frame = entryFrame(transcript, entry);
  const carriesSession = entry.varies?.some(({ at }) => at === REQUEST_AT.session);
  if (carriesSession && conversation.session) frame.set(conversation.session, REQUEST_AT.session);
  const answer = conversation.connection.handle(frame);
  if (answer) conversation.answers.push(answer);
  return undefined;
}

function check(
  transcript: Transcript,
  entry: TranscriptEntry,
  conversation: Conversation,
): string | undefined {
  if (entry.event !== undefined) {
    const surplus = entry.event.startsWith("no reply") && conversation.answers.length > 0;
    return surplus ? `an answer came where the server was silent: ${entry.event}` : undefined;
  }
  const expected = entryFrame(transcript, entry);
  const actual = takeAnswer(conversation, expected);
  if (actual && entry.note?.includes("33 body bytes")) {
    conversation.session = actual.slice(LOGIN_SESSION_AT, LOGIN_SESSION_AT + 8);
  }
  return frameDifference(expected, actual, entry);
}

/** The answer that is meant: by request number, since replies of partition operations may come later. */
function takeAnswer(conversation: Conversation, expected: Uint8Array): Uint8Array | undefined {
  const key = keyOf(expected);
  const found = conversation.answers.find((answer) => keyOf(answer) === key) ?? conversation.answers[0];
  conversation.answers = conversation.answers.filter((answer) => answer !== found);
  return found;
}

function keyOf(frame: Uint8Array): string {
  if (frameKind(frame) !== FrameKind.Reply) return `kind ${frameKind(frame)}`;
  const { request, operation } = decodeReplyHeader(frame);
  return `${request} ${operation}`;
}
