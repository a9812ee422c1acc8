import { COMMANDS, type ConsumerOffset } from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";
import type { OffsetRequest, StoreOffsetArguments } from "./client-requests.js";

/** Where consumers and groups stand, as the server keeps it: `client.offsets`. */
export class Offsets {
  constructor(private readonly requests: RequestRunner) {}

  /** `null` when nothing is stored. */
  get(request: OffsetRequest, options?: CallOptions): Promise<ConsumerOffset | null> {
    return this.requests.call(COMMANDS.getOffset, request, options);
  }

  /** Stores the last consumed offset, forwards or back; beyond the last message it is refused with 4100. */
  async store(request: StoreOffsetArguments, options?: CallOptions): Promise<void> {
    const stored = { ...request, offset: BigInt(request.offset), ack: "quorum" as const };
    await this.requests.call(COMMANDS.storeOffset, stored, options);
  }

  /** Refused with 3021 when nothing is stored. */
  async delete(request: OffsetRequest, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deleteOffset, { ...request, ack: "quorum" }, options);
  }
}
