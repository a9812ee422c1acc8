import { describeError } from "@ims/common/core";
import { DigestMaker } from "../engine/signed-message.js";
import type { SigningEngine } from "../engine/signing-engine.js";
import { keyIdOf } from "../keys/signing-key.js";
import { type BatchRecord, decodeBatchRecord } from "../merkle/batch-record.js";
import { type BatchFault, verifyBatch, verifyBatchRecord } from "../merkle/batch-signature.js";
import { MerkleTree } from "../merkle/merkle-tree.js";
import { DIGEST_BYTES, type SignatureScheme } from "../schemes.js";
import { SignedContent, type SignedSource, streamContext } from "./signed-content.js";
import { readSignedHeaders, type SignedHeaders } from "./signed-headers.js";

/** A key that signatures are believed of. */
export interface TrustedKey {
  /** Any scheme that has public keys of this length where it is left out. */
  readonly scheme?: SignatureScheme;
  readonly publicKey: Uint8Array;
}

/** A message of a signed topic; its user headers stand behind its payload. */
export interface StoredMessage {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly payloadStart: number;
  readonly payloadLength: number;
  readonly headersLength: number;
}

/**
 * What is wrong with the first bad message: it has no signature, headers that cannot be read, the signature of a key that
 * is not trusted, a wrong signature, the signature of another partition; records are missing before it, or it stands where
 * it does not belong; it is not the one that its batch was signed with, or not the number of them; the record of its batch
 * is none, or (`root`) does not tell which message it is.
 */
export type StreamFaultReason =
  | "unsigned"
  | "headers"
  | "key"
  | "signature"
  | "source"
  | "missing"
  | "order"
  | "message"
  | "count"
  | "batch"
  | "root";

export interface StreamFault {
  readonly reason: StreamFaultReason;
  /** Offset in the signed topic. */
  readonly offset: number;
  readonly detail: string;
}

/** Messages that one batch may have in front of its record, and their octets: what has more was not signed by us. */
const UNSIGNED_MESSAGES_MAX = 65_536;
const UNSIGNED_BYTES_MAX = 64 << 20;

type MessageHeaders = Extract<SignedHeaders, { kind: "message" }>;

/** Checks one partition of a signed topic, message after message. */
export class StreamVerifier {
  /** Messages, batches and messages of batches that were found to be as they were signed. */
  messageCount = 0;
  batchCount = 0;
  /** Messages before the first whole batch, where the check began in the middle of one. */
  skippedCount = 0;
  readonly #keys = new Map<string, TrustedKey>();
  readonly #content = new SignedContent();
  readonly #digest = Buffer.alloc(DIGEST_BYTES);
  #tree: MerkleTree | undefined;
  #source: SignedSource | undefined;
  #digests: DigestMaker | undefined;
  /** 1 + the offset of the record that was checked last. */
  #expected: number | undefined;
  #unsigned: StoredMessage[] = [];
  #unsignedBytes = 0;
  #isSingle = false;

  constructor(
    private readonly engine: SigningEngine,
    keys: readonly TrustedKey[],
  ) {
    for (const key of keys) this.#keys.set(keyIdOf(key.publicKey), key);
  }

  /** Messages at the end whose batch has no signature yet. */
  get waitingCount(): number {
    return this.#unsigned.length;
  }

  /** Offset of the first of them. */
  get waitingOffset(): number | undefined {
    return this.#unsigned[0]?.offset;
  }

  /**
   * Takes the next message; nothing where all is as it was signed so far. What comes behind a fault is not to be taken.
   * @throws ImsError what `SigningEngine.verify` throws
   */
  take(message: StoredMessage): StreamFault | undefined {
    const payloadEnd = message.payloadStart + message.payloadLength;
    const headers = readSignedHeaders(message.bytes.subarray(payloadEnd, payloadEnd + message.headersLength));
    switch (headers.kind) {
      case "bad":
        return { reason: "headers", offset: message.offset, detail: headers.detail };
      case "message":
        return this.#takeSigned(message, headers);
      case "batch":
        return this.#takeBatch(message, headers.after);
      case "none":
        return this.#takeUnsigned(message);
    }
  }

  #takeSigned(message: StoredMessage, headers: MessageHeaders): StreamFault | undefined {
    const { offset } = message;
    if (this.#unsigned.length > 0) return unsigned(this.#unsigned[0]!.offset);
    this.#isSingle = true;
    const { keyId, scheme, signature, source, place, ownLength } = headers;
    const key = this.#keys.get(keyId);
    if (key === undefined || (key.scheme ?? scheme) !== scheme) return untrusted(offset, keyId, scheme);
    const moved = this.#checkSource(offset, source);
    if (moved) return moved;
    this.#digests ??= new DigestMaker(streamContext(source));
    const { bytes, payloadStart, payloadLength } = message;
    const content = this.#content.of(place, bytes, payloadStart, payloadLength, ownLength);
    this.#digests.digest(content, this.#digest);
    if (!this.engine.verify(scheme, key.publicKey, this.#digest, signature)) {
      return { reason: "signature", offset, detail: "the message is not what was signed" };
    }
    const fault = this.#checkPlace(offset, place.offset, place.after);
    if (fault) return fault;
    this.#expected = place.offset + 1;
    this.messageCount++;
    return undefined;
  }

  #takeUnsigned(message: StoredMessage): StreamFault | undefined {
    if (this.#isSingle) return unsigned(message.offset);
    const { offset, bytes, payloadStart, payloadLength, headersLength } = message;
    const end = payloadStart + payloadLength + headersLength;
    this.#unsigned.push({
      offset,
      bytes: new Uint8Array(bytes.subarray(payloadStart, end)),
      payloadStart: 0,
      payloadLength,
      headersLength,
    });
    this.#unsignedBytes += end - payloadStart;
    const isTooMuch =
      this.#unsigned.length > UNSIGNED_MESSAGES_MAX || this.#unsignedBytes > UNSIGNED_BYTES_MAX;
    return isTooMuch ? unsigned(this.#unsigned[0]!.offset) : undefined;
  }

  #takeBatch(message: StoredMessage, after: number): StreamFault | undefined {
    const { offset, bytes, payloadStart, payloadLength } = message;
    if (this.#isSingle) return unsigned(offset);
    let record: BatchRecord;
    try {
      record = decodeBatchRecord(bytes.subarray(payloadStart, payloadStart + payloadLength));
    } catch (error) {
      return { reason: "batch", offset, detail: describeError(error) };
    }
    const { keyId, scheme, stream, topic, partition } = record;
    const key = this.#keys.get(keyId);
    if (key === undefined || (key.scheme ?? scheme) !== scheme) return untrusted(offset, keyId, scheme);
    const messages = this.#unsigned;
    this.#unsigned = [];
    this.#unsignedBytes = 0;
    const first = Number(record.firstOffset);
    const isBegunInside = this.#expected === undefined && messages.length < record.count;
    if (isBegunInside && messages[0]?.offset !== 0 && offset !== 0) {
      const fault = verifyBatchRecord(this.engine, key.publicKey, record);
      if (fault) return asStreamFault(fault, messages, offset);
      this.skippedCount += messages.length;
    } else {
      const contents = messages.map((each, index) => this.#contentOf(each, first + index, index, after));
      this.#tree ??= new MerkleTree();
      const fault = verifyBatch(this.engine, key.publicKey, record, contents, this.#tree);
      if (fault) return asStreamFault(fault, messages, offset);
      this.messageCount += messages.length;
    }
    const fault =
      this.#checkSource(offset, { stream, topic, partition }) ??
      this.#checkPlace(messages[0]?.offset ?? offset, first, after);
    if (fault) return fault;
    this.#expected = first + record.count;
    this.batchCount++;
    return undefined;
  }

  #contentOf(message: StoredMessage, offset: number, index: number, after: number): Uint8Array {
    const place = { offset, after: index === 0 ? after : offset };
    const { bytes, payloadLength, headersLength } = message;
    return new Uint8Array(this.#content.of(place, bytes, 0, payloadLength, headersLength));
  }

  #checkSource(offset: number, source: SignedSource): StreamFault | undefined {
    this.#source ??= source;
    const { stream, topic, partition } = this.#source;
    if (source.stream === stream && source.topic === topic && source.partition === partition)
      return undefined;
    const found = `${source.stream}/${source.topic}/${source.partition}`;
    const detail = `it was signed as one of ${found}, those before as of ${stream}/${topic}/${partition}`;
    return { reason: "source", offset, detail };
  }

  /** The first message of a topic has none before it; each other one says which record was signed before. */
  #checkPlace(offset: number, sourceOffset: number, after: number): StreamFault | undefined {
    const expected = this.#expected ?? (offset === 0 ? 0 : after);
    if (after === expected) return undefined;
    if (sourceOffset < expected) {
      const detail = `it is record ${sourceOffset} of the source, and stands behind record ${expected - 1}`;
      return { reason: "order", offset, detail };
    }
    const detail = `it follows record ${after - 1} of the source, and stands behind record ${expected - 1}: what is between was taken out`;
    return { reason: "missing", offset, detail };
  }
}

function unsigned(offset: number): StreamFault {
  return { reason: "unsigned", offset, detail: "it has no signature" };
}

function untrusted(offset: number, keyId: string, scheme: SignatureScheme): StreamFault {
  return {
    reason: "key",
    offset,
    detail: `it was signed by the ${scheme} key ${keyId}, which is not trusted`,
  };
}

/** @param recordOffset where the record of the batch stands */
function asStreamFault(
  fault: BatchFault,
  messages: readonly StoredMessage[],
  recordOffset: number,
): StreamFault {
  switch (fault.reason) {
    case "key":
    case "signature":
      return {
        reason: fault.reason,
        offset: recordOffset,
        detail: "the record of the batch is not what was signed",
      };
    case "root": {
      const detail = "some message of this batch is not what was signed; its record does not tell which";
      return { reason: "root", offset: messages[0]?.offset ?? recordOffset, detail };
    }
    case "message": {
      const detail = `what stands here is not record ${fault.offset} of the source as it was signed: it was changed, put in, or one was taken out`;
      return { reason: "message", offset: messages[fault.index]!.offset, detail };
    }
    case "count": {
      const extra = messages[fault.index];
      const detail = extra
        ? "it is not one of its batch, which ends before it"
        : `records from ${fault.offset} of the source on are missing before it`;
      return { reason: "count", offset: extra?.offset ?? recordOffset, detail };
    }
  }
}
