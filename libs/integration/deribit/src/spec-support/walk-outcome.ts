import { FrameWalker } from "../decode/frame-walker.js";
import { FeedStage } from "./feed-stage.js";
import type { UsualChannel } from "./usual-frames.js";

function stageOf({ channel, instrument, request, symbol }: UsualChannel): FeedStage {
  const stage = new FeedStage();
  stage.open(channel, symbol, request, instrument);
  return stage;
}

/** Whether a frame is read as bytes. */
export function isWalked(usual: UsualChannel, frame: string | Uint8Array): boolean {
  const walker = new FrameWalker(stageOf(usual).feeds);
  return walker.walk(Buffer.from(frame), 1_790_755_218_559_000) !== undefined;
}

/** All that becomes of frames, one after the other. */
export function outcomeOf(usual: UsualChannel, frames: readonly (string | Uint8Array)[]) {
  const stage = stageOf(usual);
  // The sink's own check of what it gets, such as a time of long ago.
  const refusals = frames.map((frame) => {
    try {
      stage.receive(frame);
      return "";
    } catch (error) {
      return String(error);
    }
  });
  const rejections = stage.sink.rejections.map(({ detail, reason }) => ({
    reason,
    detail: detail.replace(/\d+ octets/, "some octets"),
  }));
  return { records: stage.sink.records, rejections, refusals, restarted: stage.restarted };
}

/** No frame that begins with a space is read as bytes. */
export const asJson = (frame: string | Uint8Array) => Buffer.concat([Buffer.from(" "), Buffer.from(frame)]);
