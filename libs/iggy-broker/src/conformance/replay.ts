import {
  COMMANDS,
  decodeReplyHeader,
  encodeRequestFrame,
  FrameKind,
  frameKind,
  frameSize,
  HEADER_BYTES,
  Operation,
} from "@ims/iggy-protocol";
import { AdminPeer } from "./admin-peer.js";
import { describeFrame, frameDifference, isRefusal } from "./compare-frames.js";
import { knownDeviation } from "./known-deviations.js";
import { preparedTopics } from "./preparation.js";
import { type ChosenValue, requestFrame } from "./recorded-request.js";
import { ReplayPeer } from "./replay-peer.js";
import type { Entry, Transcript } from "./transcript.js";

const LOGIN_SESSION_AT = HEADER_BYTES + 8;
const SESSION_BYTES = 8;
const MILLIS_PER_UNIT = { ms: 1, s: 1000, min: 60_000 } as const;
const DEFAULT_ANSWER_MILLIS = 10_000;
/** Of the ping behind everything. */
const LAST_REQUEST = 0xffff_ffffn;

export interface ReplayOptions {
  /** Where the broker under test listens; it must be empty and know iggy / iggy. */
  readonly port: number;
  /** Lets that much time pass for the broker, where a note says that the recording waited. */
  readonly letPass: (millis: number) => Promise<void>;
  /** How long an answer may take, milliseconds. Default 10,000. */
  readonly answerMillis?: number;
}

/** Replays a recording against a broker; returns the differences, none when it answers alike. */
export async function replay(transcript: Transcript, options: ReplayOptions): Promise<string[]> {
  const run = new ReplayRun(transcript, options);
  try {
    return await run.run();
  } finally {
    await run.end();
  }
}

class ReplayRun {
  private readonly peers = new Map<string, ReplayPeer>();
  private readonly sessions = new Map<string, Buffer>();
  private readonly lastRequests = new Map<string, Buffer>();
  private readonly tokens: ChosenValue[] = [];
  private readonly connectionNumbers: ChosenValue[] = [];

  constructor(
    private readonly transcript: Transcript,
    private readonly options: ReplayOptions,
  ) {}

  async run(): Promise<string[]> {
    const differences: string[] = [];
    await this.prepare();
    for (const [index, entry] of this.transcript.exchange.entries()) {
      const waitedMillis = waitedBefore(entry);
      if (waitedMillis > 0) await this.options.letPass(waitedMillis);
      const difference = await this.step(entry);
      if (difference === undefined) continue;
      differences.push(`#${index} ${entry.note ?? entry.event ?? ""}: ${difference}`);
      if (difference.startsWith("nothing came")) break;
    }
    for (const [conn, peer] of this.peers) {
      await this.drain(conn, peer);
      const surplus = surplusOf(peer);
      if (surplus !== undefined) differences.push(`connection ${conn}: ${surplus}`);
    }
    return differences;
  }

  async end(): Promise<void> {
    await Promise.all([...this.peers.values()].map((peer) => peer.end()));
  }

  private async prepare(): Promise<void> {
    const topics = preparedTopics(this.transcript);
    if (topics.length === 0) return;
    await this.asAdmin(async (admin) => {
      for (const name of new Set(topics.map((prepared) => prepared.stream))) {
        await admin.call(COMMANDS.createStream, { name, options: [] });
      }
      for (const { stream, topic, partitionCount } of topics) {
        await admin.call(COMMANDS.createTopic, { stream, name: topic, partitionCount, options: [] });
      }
    });
  }

  private async step(entry: Entry): Promise<string | undefined> {
    const peer = await this.peerOf(entry.conn);
    if (entry.dir === "c2s") {
      this.send(peer, entry);
      return undefined;
    }
    if (entry.event === undefined) return this.expectFrame(peer, entry);
    if (entry.event.startsWith("no reply")) {
      peer.silences++;
      return undefined;
    }
    // Where the recorded server ended by a fault, a broker says no and goes on.
    if (this.transcript.serverDefect !== undefined) return refusalInsteadOfEnd(peer);
    return (await peer.waitClosed()) ? undefined : "nothing came, the connection stayed open";
  }

  private send(peer: ReplayPeer, entry: Entry): void {
    if (entry.event !== undefined) {
      peer.halfClose();
      return;
    }
    const session = this.sessions.get(entry.conn);
    const { tokens, connectionNumbers } = this;
    const frame = requestFrame(entry, { session, tokens, connectionNumbers });
    this.lastRequests.set(entry.conn, frame);
    peer.send(frame);
  }

  private async expectFrame(peer: ReplayPeer, entry: Entry): Promise<string | undefined> {
    const expected = Buffer.from(entry.hex!, "hex");
    const found = await peer.take(expected);
    if (found === undefined) return `nothing came${peer.closed ? ", the connection was closed" : ""}`;
    const frame = Buffer.from(found);
    this.learn(entry, expected, frame);
    const difference = frameDifference(expected, frame, entry, this.transcript.sizesMayVary === true);
    if (difference === undefined) return undefined;
    const request = this.lastRequests.get(entry.conn);
    const deviation = request && knownDeviation(request, expected, frame);
    if (deviation === undefined) return difference;
    const { surplus } = deviation;
    if (surplus !== undefined) await this.asAdmin((admin) => admin.call(COMMANDS.deleteTopic, surplus));
    return undefined;
  }

  /** Lets everything arrive that the broker has to say: the reply to a ping comes behind it. */
  private async drain(conn: string, peer: ReplayPeer): Promise<void> {
    const last = this.lastRequests.get(conn);
    const isBetweenFrames =
      last !== undefined && last.length >= HEADER_BYTES && frameSize(last) === last.length;
    if (!peer.isOpen || !isBetweenFrames) return;
    const { operation, code, codec } = COMMANDS.ping;
    const header = { client: 1n, request: LAST_REQUEST, operation, code, session: 0n };
    peer.send(encodeRequestFrame(header, codec.encodeRequest(undefined)));
    await peer.takeReplyTo(LAST_REQUEST);
  }

  /** Keeps what the server chose and later requests repeat. */
  private learn(entry: Entry, expected: Buffer, actual: Buffer): void {
    if (frameKind(expected) !== FrameKind.Reply || frameKind(actual) !== FrameKind.Reply) return;
    const isLogin = decodeReplyHeader(actual).operation === Operation.Register;
    if (isLogin && actual.length >= LOGIN_SESSION_AT + SESSION_BYTES) {
      const session = actual.subarray(LOGIN_SESSION_AT, LOGIN_SESSION_AT + SESSION_BYTES);
      this.sessions.set(entry.conn, Buffer.from(session));
    }
    for (const { at, len, what } of entry.varies ?? []) {
      const value = { recorded: expected.subarray(at, at + len), live: actual.subarray(at, at + len) };
      if (value.live.length !== len) continue;
      if (what.startsWith("access token")) this.tokens.push(value);
      if (what.startsWith("client number")) this.connectionNumbers.push(value);
    }
  }

  private async peerOf(conn: string): Promise<ReplayPeer> {
    let peer = this.peers.get(conn);
    if (peer === undefined) {
      peer = await ReplayPeer.connect(this.options.port, this.answerMillis);
      this.peers.set(conn, peer);
    }
    return peer;
  }

  private async asAdmin(work: (admin: AdminPeer) => Promise<void>): Promise<void> {
    const admin = await AdminPeer.connect(this.options.port, this.answerMillis);
    try {
      await work(admin);
    } finally {
      await admin.end();
    }
  }

  private get answerMillis(): number {
    return this.options.answerMillis ?? DEFAULT_ANSWER_MILLIS;
  }
}

/** How long the recording waited before an entry: notes say so in words, silences as events. */
function waitedBefore({ note = "", event = "" }: Entry): number {
  const silence = /no reply within (\d+) ms/.exec(event)?.[1];
  if (silence !== undefined) return Number(silence);
  if (!/\b(?:later|after|wait|waits|waited|waiting|idle|silent|silence)\b/.test(note)) return 0;
  const [, amount, unit] = /(\d+(?:\.\d+)?) ?(ms|s|min)\b/.exec(note) ?? [];
  return amount === undefined ? 0 : Number(amount) * MILLIS_PER_UNIT[unit as keyof typeof MILLIS_PER_UNIT];
}

async function refusalInsteadOfEnd(peer: ReplayPeer): Promise<string | undefined> {
  const frame = await peer.takeAny();
  if (frame === undefined) return "nothing came where the recorded server failed; a refusal is right";
  if (!isRefusal(frame)) return `${describeFrame(frame)} came where a refusal is right`;
  return peer.closed ? "the connection was closed with the refusal" : undefined;
}

/** Frames that nothing in the recording explains. */
function surplusOf(peer: ReplayPeer): string | undefined {
  const unexplained = peer.untaken.filter((frame) => !isRefusal(frame));
  if (unexplained.length === 0 && peer.untaken.length <= peer.silences) return undefined;
  return `${peer.untaken.length} frames came that were not recorded: ${peer.untaken.map(describeFrame).join(", ")}`;
}
