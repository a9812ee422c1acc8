import type { Clock } from "@ims/common";
import type { PeerStream } from "../peer/peer-connection.js";
import { ScopedClock } from "../time/scoped-clock.js";
import type { Transcript } from "./transcript.js";
import { TranscriptConversation } from "./transcript-conversation.js";

/**
 * Plays a recording as a server: each connection gets, in the order of the recording, the next conversation of it, and
 * the recorded replies with the request numbers and client ids of the one who asks. Requests that differ from the
 * recorded ones are noted in `differences` and end their connection. Works on any stream, simulated or TCP.
 */
export class TranscriptPeer {
  /** What was asked otherwise than recorded, or not at all: see {@link unplayed}. */
  readonly differences: string[] = [];
  private readonly labels: string[];
  private readonly conversations: TranscriptConversation[] = [];
  private readonly clock: ScopedClock;

  constructor(
    private readonly transcript: Transcript,
    clock: Clock,
  ) {
    this.labels = [...new Set(transcript.exchange.map(({ conn }) => conn))];
    this.clock = new ScopedClock(clock);
  }

  /** Recorded requests and replies that were not come to yet. */
  get unplayed(): number {
    const begun = this.conversations.reduce((sum, { unplayed }) => sum + unplayed, 0);
    const others = this.labels.slice(this.conversations.length);
    return (
      begun + this.transcript.exchange.filter(({ conn, event }) => !event && others.includes(conn)).length
    );
  }

  /** Serves a connection. Bound to the instance, so that it can be handed to a listener. */
  readonly accept = (stream: PeerStream): void => {
    const label = this.labels[this.conversations.length];
    if (label === undefined) {
      this.differences.push(`a connection more than the ${this.labels.length} recorded`);
      stream.destroy();
      return;
    }
    const note = (difference: string) => void this.differences.push(difference);
    this.conversations.push(new TranscriptConversation(this.transcript, label, stream, this.clock, note));
  };

  /** Ends every connection. */
  close(): void {
    for (const conversation of this.conversations) conversation.close();
  }
}
