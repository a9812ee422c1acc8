import type { Clock, TimerHandle } from "@ims/common";
import {
  COMMANDS,
  committedOperation,
  decodeReplyHeader,
  decodeRequestHeader,
  EVICTION_AT,
  encodeReplyFrame,
  FrameKind,
  FrameReader,
  frameBody,
  frameKind,
  isPartitionOperation,
  Operation,
  REPLY_AT,
  type RequestHeader,
  viewOf,
  writeU128,
} from "@ims/iggy-protocol";
import type { PeerStream } from "../peer/peer-connection.js";
import { entryFrame, type Transcript, type TranscriptEntry } from "./transcript.js";

/** Wait for further requests that were recorded as written together, before replies are given one by one. */
const TOGETHER_MILLIS = 50;

/** A request that came, and which recorded one it stands for. */
interface Asked {
  readonly recorded: RequestHeader;
  readonly actual: RequestHeader;
}

/** One connection of a recording, played to whoever is on the stream. */
export class TranscriptConversation {
  private readonly reader = new FrameReader();
  private readonly entries: TranscriptEntry[];
  private readonly played = new Set<TranscriptEntry>();
  private asked: Asked[] = [];
  private timer: TimerHandle | undefined;
  private closed = false;

  constructor(
    private readonly transcript: Transcript,
    conn: string,
    private readonly stream: PeerStream,
    private readonly clock: Clock,
    private readonly note: (difference: string) => void,
  ) {
    this.entries = transcript.exchange.filter((entry) => entry.conn === conn);
    stream.on("data", (chunk) => this.receive(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () => this.close());
  }

  get unplayed(): number {
    return this.entries.filter((entry) => !entry.event && !this.played.has(entry)).length;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.timer?.cancel();
    this.stream.destroy();
  }

  private receive(chunk: Uint8Array): void {
    if (this.closed) return;
    this.reader.push(chunk);
    for (let frame = this.next(); frame && !this.closed; frame = this.next()) this.take(frame.slice());
  }

  private next(): Uint8Array | undefined {
    try {
      return this.reader.next();
    } catch {
      this.close();
      return undefined;
    }
  }

  private take(frame: Uint8Array): void {
    const actual = decodeRequestHeader(frame);
    const entry = this.entries.find(
      (other) => other.dir === "c2s" && !other.event && !this.played.has(other),
    );
    const recorded = entry && decodeRequestHeader(Buffer.from(entry.hex!, "hex"));
    if (!entry || !recorded || recorded.operation !== actual.operation || recorded.code !== actual.code) {
      this.answerUnrecorded(actual, entry);
      return;
    }
    this.played.add(entry);
    // A login names the SDK that asks, which is never the recorded one.
    if (recorded.operation !== Operation.Register && !entry.trimmed) {
      const same = Buffer.compare(frameBody(frame), frameBody(Buffer.from(entry.hex!, "hex"))) === 0;
      if (!same) this.note(`"${entry.note}" came with another body`);
    }
    this.asked.push({ recorded, actual });
    this.play();
  }

  /** What a client does by itself needs no record: a ping, a look at the cluster, a logout. */
  private answerUnrecorded(actual: RequestHeader, expected: TranscriptEntry | undefined): void {
    const { client, request, operation, code } = actual;
    const isCluster = operation === Operation.NonReplicated && code === COMMANDS.getClusterMetadata.code;
    const isPing = operation === Operation.NonReplicated && code === COMMANDS.ping.code;
    if (!isCluster && !isPing && operation !== Operation.Logout) {
      this.note(`operation ${operation} code ${code} came, recorded is "${expected?.note ?? "the end"}"`);
      this.close();
      return;
    }
    const single = { name: "single-node", nodes: [] };
    const body = isCluster ? COMMANDS.getClusterMetadata.codec.encodeReply(single) : new Uint8Array(0);
    this.stream.write(encodeReplyFrame({ client, request, operation }, body));
  }

  /** Gives the recorded replies up to the next request that is still to come. */
  private play(): void {
    this.timer?.cancel();
    this.timer = undefined;
    for (const entry of this.entries) {
      if (this.played.has(entry) || this.closed) continue;
      if (entry.dir === "c2s") break;
      this.playEntry(entry);
    }
    if (this.asked.length > 0 && !this.closed)
      this.timer = this.clock.setTimer(TOGETHER_MILLIS, () => this.playOne());
  }

  /** The client asks one by one what was recorded as asked together: the reply of the oldest request comes early. */
  private playOne(): void {
    this.timer = undefined;
    for (const entry of this.entries) {
      if (entry.dir !== "s2c" || entry.event || this.played.has(entry)) continue;
      if (!this.askedFor(entryFrame(this.transcript, entry))) continue;
      this.playEntry(entry);
      break;
    }
    this.play();
  }

  private playEntry(entry: TranscriptEntry): void {
    this.played.add(entry);
    if (entry.event) {
      if (!entry.event.startsWith("no reply")) this.close();
      else this.asked = [];
      return;
    }
    const frame = entryFrame(this.transcript, entry);
    const asked = this.askedFor(frame);
    if (!asked) {
      this.note(`"${entry.note}" answers no request that came`);
      return;
    }
    this.asked = this.asked.filter((other) => other !== asked);
    this.stream.write(addressedTo(asked.actual, frame));
  }

  /** The oldest request that a reply can be meant for; an eviction answers the last one. */
  private askedFor(frame: Uint8Array): Asked | undefined {
    if (frameKind(frame) === FrameKind.Eviction) return this.asked.at(-1);
    const { request, operation } = decodeReplyHeader(frame);
    return this.asked.find(
      ({ recorded }) =>
        (recorded.request === request || isPartitionOperation(operation)) &&
        (operation === recorded.operation || operation === committedOperation(recorded.operation)),
    );
  }
}

function addressedTo({ client, request }: RequestHeader, frame: Uint8Array): Uint8Array {
  const view = viewOf(frame);
  if (frameKind(frame) === FrameKind.Eviction) {
    writeU128(view, EVICTION_AT.client, client);
  } else {
    writeU128(view, REPLY_AT.client, client);
    view.setBigUint64(REPLY_AT.request, request, true);
  }
  return frame;
}
