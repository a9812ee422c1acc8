import type { BatchArena, MessageIdWords } from "@ims/iggy-protocol";
import type { Encryptor } from "../encryption/encryptor.js";
import { fail } from "../errors.js";
import type { MessageIds } from "./message-ids.js";
import type { PartitionLane } from "./partition-lane.js";
import type { SendCall } from "./send-call.js";

/** Copies messages of calls into the batches of their partitions. */
export class MessageWriter {
  /** What encryption adds to a payload. */
  readonly addedBytes: number;
  private readonly givenId: MessageIdWords = new Uint32Array(4);

  constructor(
    private readonly arena: BatchArena,
    private readonly ids: MessageIds,
    private readonly encryptor: Encryptor | undefined,
  ) {
    this.addedBytes = encryptor?.addedBytes ?? 0;
  }

  /** Puts the next message of the call into the lane's batch; false when there is no room. */
  write(call: SendCall, lane: PartitionLane): boolean {
    const index = call.nextIndex;
    const message = call.messages[index]!;
    const { payload } = message;
    const headers = call.headers?.[index];
    const originMicros = message.originMicros ?? call.nowMicros;
    const payloadBytes = payload.length + this.addedBytes;
    const headersBytes = headers ? headers.length + this.addedBytes : 0;
    lane.makeWay(originMicros);
    const at = lane.reserve(payloadBytes + headersBytes);
    if (at < 0) return false;
    if (this.encryptor || headers) this.putParts(lane, at, payload, headers);
    else this.arena.bytes.set(payload, at);
    const id = message.id ? this.wordsOf(message.id) : this.ids.next();
    lane.commit(payloadBytes, id, originMicros, headersBytes, call.tracked ? call : undefined, index);
    return true;
  }

  private putParts(lane: PartitionLane, at: number, payload: Uint8Array, headers?: Uint8Array): void {
    try {
      this.put(payload, at);
      if (headers) this.put(headers, at + payload.length + this.addedBytes);
    } catch (error) {
      lane.releaseUnused();
      throw error;
    }
  }

  private put(plain: Uint8Array, at: number): void {
    const bytes = this.encryptor ? this.encryptor.encrypt(plain) : plain;
    if (bytes.length !== plain.length + this.addedBytes) {
      const added = bytes.length - plain.length;
      throw fail(
        "iggy-client.argument",
        `the encryptor added ${added} bytes, its addedBytes promises ${this.addedBytes}`,
      );
    }
    this.arena.bytes.set(bytes, at);
  }

  private wordsOf(id: bigint): MessageIdWords {
    const words = this.givenId;
    for (let i = 0, rest = id; i < 4; i++, rest >>= 32n) words[i] = Number(rest & 0xffff_ffffn);
    return words;
  }
}
