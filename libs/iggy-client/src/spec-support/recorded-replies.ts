import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandOf, decodeRequestHeader, REPLY_AT, viewOf } from "@ims/iggy-protocol";
import { type PeerRequest } from "./scripted-peer.js";

interface Transcript {
  readonly exchange: readonly { conn: string; dir?: "c2s" | "s2c"; hex?: string }[];
}

/** The replies that a real server gave on one connection of a recording, by the name of the command, in order. */
export class RecordedReplies {
  private readonly replies = new Map<string, Uint8Array[]>();
  private readonly answered = new Map<string, number>();

  /** @param directory folder of the transcripts */
  static load(directory: string, id: string, connection = "a"): RecordedReplies {
    const recorded = new RecordedReplies();
    const { exchange } = JSON.parse(readFileSync(join(directory, `${id}.json`), "utf8")) as Transcript;
    let name = "";
    for (const { conn, dir, hex } of exchange) {
      if (conn !== connection || hex === undefined) continue;
      const frame = new Uint8Array(Buffer.from(hex, "hex"));
      if (dir === "c2s") name = commandOf(decodeRequestHeader(frame))?.name ?? "unknown";
      else recorded.replies.set(name, [...(recorded.replies.get(name) ?? []), frame]);
    }
    return recorded;
  }

  /** How many recorded replies to this command were given. */
  givenTo(name: string): number {
    return this.answered.get(name) ?? 0;
  }

  /** Gives the next recorded reply, or the last one again; false where the recording has none. */
  answer(request: PeerRequest): boolean {
    const replies = this.replies.get(request.name);
    if (!replies) return false;
    const given = this.givenTo(request.name);
    this.answered.set(request.name, given + 1);
    const frame = replies[Math.min(given, replies.length - 1)]!.slice();
    viewOf(frame).setBigUint64(REPLY_AT.request, request.header.request, true);
    request.connection.write(frame);
    return true;
  }
}
