import type { ImsError } from "@ims/common";
import type { BatchArena } from "@ims/iggy-protocol";
import type { ConnectionDependencies } from "../connection/server-connection.js";
import { fail } from "../errors.js";
import type { MessageWriter } from "./message-writer.js";
import { choiceError, type PartitionChoice } from "./partition-choice.js";
import { producerError } from "./producer-errors.js";
import type { SendCall } from "./send-call.js";
import type { TopicLanes } from "./topic-lanes.js";
import type { TopicProducerSettings } from "./topic-producer-settings.js";
import type { TopicView } from "./topic-view.js";
import { WaitingCalls } from "./waiting-calls.js";

export interface IntakeParts {
  readonly arena: BatchArena;
  readonly lanes: TopicLanes;
  readonly choice: PartitionChoice;
  readonly writer: MessageWriter;
  readonly view: TopicView;
  readonly dependencies: Pick<ConnectionDependencies, "clock" | "metrics">;
  /** There may be room for others now. */
  readonly onRoom: () => void;
}

/** Puts the messages of calls into batches, in the order of the calls, and knows what to do when there is no room. */
export class MessageIntake {
  /** Messages given up because the buffer was full. */
  droppedCount = 0;
  /** Messages that failed without getting into a batch. */
  failedCount = 0;
  private readonly waiting: WaitingCalls;
  private readonly stopListening: () => void;
  private hasHurried = false;

  constructor(
    private readonly parts: IntakeParts,
    private readonly settings: Pick<TopicProducerSettings, "whenFull" | "waitMillisMax" | "waitingCallsMax">,
  ) {
    const { arena, dependencies } = parts;
    this.waiting = new WaitingCalls({
      clock: dependencies.clock,
      place: (call) => this.place(call),
      onExpired: (call) => this.fail(call, this.waitedTooLong()),
      onEmptied: () => parts.onRoom(),
    });
    this.stopListening = arena.onSlotFree(() => {
      this.hasHurried = false;
      if (this.waiting.count > 0) this.waiting.drainSoon();
      else parts.onRoom();
    });
  }

  /** Whether calls wait for room; messages from elsewhere must not overtake them. */
  get isWaiting(): boolean {
    return this.waiting.count > 0;
  }

  /** Takes the messages as far as there is room; the rest waits, fails or is dropped. */
  take(call: SendCall): void {
    if (!this.isWaiting && this.place(call)) return;
    const { whenFull, waitingCallsMax, waitMillisMax } = this.settings;
    if (whenFull === "wait" && this.waiting.count < waitingCallsMax) {
      call.waitsUntilMillis = this.parts.dependencies.clock.monotonicMillis() + waitMillisMax;
      this.waiting.add(call);
      return;
    }
    const why =
      whenFull === "wait" ? `${this.waiting.count} calls wait for room already` : "no batch is free";
    this.fail(call, producerError("iggy-client.buffer-full", `${this.parts.view.label}: ${why}`));
  }

  /** Somebody needs room: what has been collected goes out without lingering. Once is enough until room comes. */
  hurry(): void {
    if (this.hasHurried) return;
    this.hasHurried = true;
    this.parts.lanes.hurry();
  }

  /** Resolves when every call that waits now is in batches or has failed. */
  whenEmptied(): Promise<void> {
    return this.waiting.whenEmptied();
  }

  /** Fails the calls that still wait. */
  giveUp(): void {
    const error = fail("iggy-client.producer-closed", "the producer was closed before there was room");
    for (const call of this.waiting.takeAll()) this.fail(call, error);
  }

  stop(): void {
    this.stopListening();
  }

  /** Puts messages into batches, the next one first; true when none is left. */
  private place(call: SendCall): boolean {
    const { lanes, writer } = this.parts;
    while (!call.isPlaced) {
      try {
        if (call.partitionId < 0) call.partitionId = this.choose(call);
        if (writer.write(call, lanes.of(call.partitionId))) {
          if (!call.tracked) call.settle(1);
        } else {
          this.hurry();
          if (this.settings.whenFull !== "drop") return false;
          this.drop(call);
        }
      } catch (error) {
        this.fail(call, choiceError(error));
        return true;
      }
      call.nextIndex++;
      call.partitionId = -1;
    }
    return true;
  }

  private choose(call: SendCall): number {
    const { choice, view } = this.parts;
    return choice.choose(call.messages[call.nextIndex]!, call.partitioning, view.partitionCount);
  }

  private drop(call: SendCall): void {
    this.droppedCount++;
    this.parts.dependencies.metrics.dropped(1);
    call.dropped();
  }

  /** Fails what is not in a batch yet. */
  private fail(call: SendCall, error: ImsError): void {
    const { nextIndex } = call;
    const restCount = call.messages.length - nextIndex;
    if (error.code === "iggy-client.partition-missing") void this.parts.view.look();
    this.failedCount += restCount;
    call.nextIndex = call.messages.length;
    call.failed(nextIndex, restCount, error);
  }

  private waitedTooLong(): ImsError {
    const { label } = this.parts.view;
    const { waitMillisMax } = this.settings;
    return producerError("iggy-client.buffer-timeout", `${label}: no room within ${waitMillisMax} ms`);
  }
}
