import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import {
  decodeReplyHeader,
  encodeBatch,
  FrameKind,
  FrameReader,
  frameBody,
  frameKind,
  frameSize,
  HEADER_BYTES,
  PolledBatches,
} from "@ims/iggy-protocol";

/** One line of a recorded exchange; see the README beside the recordings. */
interface Entry {
  readonly conn: string;
  readonly dir: "c2s" | "s2c";
  readonly event?: string;
  readonly hex?: string;
  readonly len?: number;
  readonly note?: string;
  readonly trimmed?: boolean;
  readonly sha256?: string;
  readonly recipe?: string;
  readonly header?: { readonly codeName?: string };
  readonly varies?: readonly { readonly at: number; readonly len: number; readonly what: string }[];
}

export interface Transcript {
  readonly id: string;
  readonly sizesMayVary?: boolean;
  readonly exchange: readonly Entry[];
}

const EVICTION_REASON_AT = 255;
const SESSION_AT = 184;
const LOGIN_SESSION_AT = HEADER_BYTES + 8;

export function readTranscript(path: string): Transcript {
  return JSON.parse(readFileSync(path, "utf8")) as Transcript;
}

/** Replays a recording against a broker; returns the differences, none when it answers alike. */
export async function replay(transcript: Transcript, port: number): Promise<string[]> {
  const peers = new Map<string, Peer>();
  const differences: string[] = [];
  try {
    for (const [index, entry] of transcript.exchange.entries()) {
      let peer = peers.get(entry.conn);
      if (peer === undefined) {
        peer = await Peer.connect(port);
        peers.set(entry.conn, peer);
      }
      const difference = await peer.step(entry, transcript.sizesMayVary === true);
      if (difference !== undefined)
        differences.push(`#${index} ${entry.note ?? entry.event ?? ""}: ${difference}`);
      if (difference?.startsWith("nothing came")) break;
    }
    for (const [conn, peer] of peers) {
      const surplus = peer.surplus();
      if (surplus !== undefined) differences.push(`connection ${conn}: ${surplus}`);
    }
  } finally {
    await Promise.all([...peers.values()].map((peer) => peer.end()));
  }
  return differences;
}

class Peer {
  private readonly reader = new FrameReader(256 * 2 ** 20);
  private frames: Uint8Array[] = [];
  private session: Buffer | undefined;
  private closed = false;
  /** Requests that the reference server left without an answer; a clean error is as good. */
  private silences = 0;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk) => {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame !== undefined; frame = this.reader.next())
        this.frames.push(frame);
      this.wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
  }

  static connect(port: number): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => resolve(new Peer(socket)));
      socket.once("error", reject);
    });
  }

  async step(entry: Entry, sizesMayVary: boolean): Promise<string | undefined> {
    if (entry.dir === "c2s") {
      if (entry.event !== undefined) this.socket.end();
      else this.socket.write(this.requestFrame(entry));
      return undefined;
    }
    if (entry.event === undefined) return this.expectFrame(entry, sizesMayVary);
    if (entry.event.startsWith("no reply")) {
      this.silences++;
      return undefined;
    }
    while (!this.closed) await this.change();
    return undefined;
  }

  /** Frames that nothing in the recording explains. */
  surplus(): string | undefined {
    const unexplained = this.frames.filter((frame) => !isRefusal(frame));
    if (unexplained.length === 0 && this.frames.length <= this.silences) return undefined;
    return `${this.frames.length} frames came that were not recorded: ${this.frames.map(describe).join(", ")}`;
  }

  async end(): Promise<void> {
    this.socket.destroy();
    while (!this.closed) await this.change();
  }

  private requestFrame(entry: Entry): Buffer {
    const frame = entry.trimmed ? rebuilt(entry) : Buffer.from(entry.hex!, "hex");
    const carriesSession = entry.varies?.some(
      ({ at, what }) => at === SESSION_AT && what.startsWith("session"),
    );
    if (carriesSession && this.session !== undefined) this.session.copy(frame, SESSION_AT);
    return frame;
  }

  private async expectFrame(entry: Entry, sizesMayVary: boolean): Promise<string | undefined> {
    const expected = Buffer.from(entry.hex!, "hex");
    let found = this.take(expected);
    while (found === undefined) {
      if (this.closed) return "nothing came, the connection was closed";
      await this.change();
      found = this.take(expected);
    }
    const frame = Buffer.from(found);
    if (entry.note?.includes("33 body bytes") && frame.length > LOGIN_SESSION_AT) {
      this.session = Buffer.from(frame.subarray(LOGIN_SESSION_AT, LOGIN_SESSION_AT + 8));
    }
    return compare(expected, frame, entry, sizesMayVary);
  }

  /** The first frame that can be meant; replies are matched by request and operation, since writes may be overtaken. */
  private take(expected: Uint8Array): Uint8Array | undefined {
    const matching = this.frames.filter((frame) => key(frame) === key(expected));
    const preferred = matching.find((frame) => isRefusal(frame) === isRefusal(expected));
    const chosen = preferred ?? (this.silences === 0 ? (matching[0] ?? this.frames[0]) : undefined);
    if (chosen !== undefined) this.frames = this.frames.filter((frame) => frame !== chosen);
    return chosen;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function compare(expected: Buffer, actual: Buffer, entry: Entry, sizesMayVary: boolean): string | undefined {
  if (key(expected) !== key(actual)) return `expected ${describe(expected)}, came ${describe(actual)}`;
  if (frameKind(actual) === FrameKind.Eviction) {
    const same = [EVICTION_REASON_AT, 144, 145, 148, 149].every((at) => expected[at] === actual[at]);
    return same ? undefined : `expected ${describe(expected)}, came ${describe(actual)}`;
  }
  if (decodeReplyHeader(expected).status !== decodeReplyHeader(actual).status) {
    return `expected ${describe(expected)}, came ${describe(actual)}`;
  }
  if (actual.length !== entry.len) {
    return sizesMayVary ? undefined : `expected ${entry.len} bytes, came ${actual.length}`;
  }
  if (entry.varies?.some(({ what }) => what.includes("batch checksum"))) {
    new PolledBatches(frameBody(actual)).verifyChecksums();
  }
  for (const { at, len } of entry.varies ?? []) {
    if (at >= expected.length) continue; // recorded in shortened form
    expected.fill(0, at, Math.min(at + len, expected.length));
    actual.fill(0, at, at + len);
  }
  const end = expected.length;
  for (let at = HEADER_BYTES; at < end; at++) {
    if (expected[at] !== actual[at]) return `byte ${at} is ${actual[at]}, expected ${expected[at]}`;
  }
  return undefined;
}

function key(frame: Uint8Array): string {
  if (frameKind(frame) !== FrameKind.Reply) return `kind ${frameKind(frame)}`;
  const { request, operation, status } = decodeReplyHeader(frame);
  // A denied create names the operation that was asked for, a committed one the rewritten operation.
  return `reply ${request} ${status === 0 ? operation : "denied"}`;
}

function isRefusal(frame: Uint8Array): boolean {
  return frameKind(frame) === FrameKind.Eviction || decodeReplyHeader(frame).status !== 0;
}

function describe(frame: Uint8Array): string {
  if (frameKind(frame) === FrameKind.Eviction) return `eviction ${frame[EVICTION_REASON_AT]}`;
  const { request, operation, status } = decodeReplyHeader(frame);
  return `reply to ${request}, operation ${operation}, status ${status}, ${frameSize(frame)} bytes`;
}

/** Builds the body of a shortened request again from its recipe, and checks it against the recorded hash. */
function rebuilt(entry: Entry): Buffer {
  const head = Buffer.from(entry.hex!, "hex");
  const routeBytes = 4 + head.readUInt32LE(HEADER_BYTES);
  const batch = encodeBatch(recipeMessages(entry.recipe ?? ""));
  const frame = Buffer.concat([head.subarray(0, HEADER_BYTES + routeBytes), batch]);
  const hash = createHash("sha256").update(frame).digest("hex");
  if (hash !== entry.sha256) throw new Error(`the recipe "${entry.recipe}" does not give the recorded frame`);
  return frame;
}

function recipeMessages(recipe: string): { id: bigint; payload: Uint8Array; originMicros: number }[] {
  const originMicros = 1_700_000_000_000_000;
  const large = /^one message, id (\d+), payload byte i = i mod 251, (\d+) bytes$/.exec(recipe);
  if (large) {
    const payload = Uint8Array.from({ length: Number(large[2]) }, (_, index) => index % 251);
    return [{ id: BigInt(large[1]!), payload, originMicros }];
  }
  const [count, start] = [Number.parseInt(recipe, 10), Number(/i = (\d+)\.\./.exec(recipe)?.[1] ?? 0)];
  const filled = /payload (\d+) times 0x([0-9a-f]{2})/.exec(recipe);
  return Array.from({ length: count }, (_, index) => {
    const number = start + index;
    const payload = filled
      ? new Uint8Array(Number(filled[1])).fill(Number.parseInt(filled[2]!, 16))
      : Buffer.from(`msg-${String(number).padStart(4, "0")}`);
    return { id: BigInt(number + 1), payload, originMicros };
  });
}
