import { PolledBatches } from "@ims/iggy-protocol";
import { releaseReply } from "../connection/receive-memory.js";

/** The messages of one poll, in the memory in which the reply arrived. */
export class PolledReply extends PolledBatches {
  private isReleased = false;

  /**
   * Gives the memory back for later replies; reading at full speed depends on it. Neither this cursor nor any view of
   * it may be looked at afterwards. Without a call the memory is left to the garbage collector.
   */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    releaseReply(this.bytes);
  }
}
