import { encodeUserHeaders, userHeader } from "@ims/iggy-protocol";
import {
  batchDigest,
  batchHeaders,
  DigestMaker,
  encodeBatchRecord,
  encodeMetadata,
  MerkleTree,
  SignatureBlock,
  SignedContent,
  type SigningEngine,
  type SigningKey,
  type StoredMessage,
  streamContext,
} from "../index.js";

export const SOURCE = { stream: "market", topic: "trades", partition: 3 };

/** A message of a stored partition that can be changed. */
export interface Draft {
  payload: Buffer;
  headers: Buffer;
}

/** Every third message has a user header of its own. */
export function plainMessage(index: number): Draft {
  const headers =
    index % 3 === 0 ? encodeUserHeaders([userHeader("number", `n${index}`)]) : new Uint8Array(0);
  return { payload: Buffer.from(`message ${index}`), headers: Buffer.from(headers) };
}

/** A partition of which each message has a signature. */
export function signMessages(engine: SigningEngine, key: SigningKey, offsets: readonly number[]): Draft[] {
  const digests = new DigestMaker(streamContext(SOURCE));
  const block = new SignatureBlock(SOURCE, key.scheme, key.keyId);
  const contents = new SignedContent();
  const digest = Buffer.alloc(32);
  const signature = Buffer.alloc(64);
  let after = 0;
  return offsets.map((offset) => {
    const { payload, headers } = plainMessage(offset);
    const bytes = Buffer.concat([payload, headers]);
    digests.digest(contents.of({ offset, after }, bytes, 0, payload.length, headers.length), digest);
    engine.sign(key, digest, signature);
    const signed = Buffer.concat([headers, block.bytes]);
    block.write(signed, headers.length, { offset, after }, signature, 0);
    after = offset + 1;
    return { payload, headers: signed };
  });
}

/** A partition of batches of so many messages, with a record behind each. */
export function signBatches(engine: SigningEngine, key: SigningKey, batches: number, size: number): Draft[] {
  const tree = new MerkleTree(size);
  const contents = new SignedContent();
  const drafts: Draft[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * size;
    tree.clear();
    for (let offset = first; offset < first + size; offset++) {
      const draft = plainMessage(offset);
      const bytes = Buffer.concat([draft.payload, draft.headers]);
      const place = { offset, after: offset };
      tree.add(contents.of(place, bytes, 0, draft.payload.length, draft.headers.length));
      drafts.push(draft);
    }
    const metadata = { ...SOURCE, firstOffset: BigInt(first), count: size, root: tree.root() };
    const signature = new Uint8Array(64);
    engine.sign(key, batchDigest(encodeMetadata(metadata, key.scheme)), signature);
    const { keyId, scheme } = key;
    const payload = encodeBatchRecord({
      ...metadata,
      scheme,
      keyId,
      signature,
      leafHashes: tree.leafHashes(),
    });
    drafts.push({ payload, headers: Buffer.from(batchHeaders(first)) });
  }
  return drafts;
}

/** The messages as they are stored from an offset on. */
export function stored(drafts: readonly Draft[], from = 0): StoredMessage[] {
  return drafts.map(({ payload, headers }, index) => ({
    offset: from + index,
    bytes: Buffer.concat([Buffer.from("before"), payload, headers, Buffer.from("behind")]),
    payloadStart: 6,
    payloadLength: payload.length,
    headersLength: headers.length,
  }));
}
