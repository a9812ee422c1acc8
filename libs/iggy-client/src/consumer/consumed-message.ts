import type { UserHeader } from "@ims/iggy-protocol";
import { decodeUserHeaders } from "@ims/iggy-protocol";
import type { Encryptor } from "../encryption/encryptor.js";
import type { ConsumedBatch } from "./consumed-batch.js";

/**
 * One message. The payload is a view of the poll's reply, not a copy, unless it was decrypted; the reply's memory stays
 * as long as any of its messages or payloads. Id and headers are read when they are asked for.
 */
export class ConsumedMessage {
  readonly partitionId: number;
  readonly offset: number;
  /** When the server stored it, microseconds since 1970. */
  readonly timestampMicros: number;
  /** When the sender created it, by its own word. */
  readonly originMicros: number;
  /** Last offset of the partition at the time of the poll. */
  readonly currentOffset: number;
  readonly payload: Uint8Array;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly idStart: number;
  private readonly headersStart: number;
  private readonly headersLength: number;

  /** The message at the cursor. Throws `iggy-client.decryption` where it does not succeed. */
  constructor(
    batch: ConsumedBatch,
    private readonly encryptor: Encryptor | undefined,
  ) {
    this.partitionId = batch.partitionId;
    this.offset = batch.offset;
    this.timestampMicros = batch.timestampMicros;
    this.originMicros = batch.originMicros;
    this.currentOffset = batch.currentOffset;
    this.payload = batch.payload();
    this.bytes = batch.bytes;
    this.view = batch.view;
    this.idStart = batch.idStart;
    this.headersStart = batch.payloadStart + batch.payloadLength;
    this.headersLength = batch.headersLength;
  }

  /** 128 bits, as the sender chose them. */
  get id(): bigint {
    const { view, idStart } = this;
    return (view.getBigUint64(idStart + 8, true) << 64n) | view.getBigUint64(idStart, true);
  }

  /** Decoded at every call. Throws protocol errors for headers that are none: servers store them unchecked. */
  headers(): UserHeader[] {
    if (this.headersLength === 0) return [];
    const stored = this.bytes.subarray(this.headersStart, this.headersStart + this.headersLength);
    return decodeUserHeaders(this.encryptor ? this.encryptor.decrypt(stored) : stored);
  }
}
