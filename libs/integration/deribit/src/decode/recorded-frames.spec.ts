import { join } from "node:path";
import { DataType } from "@ims/common";
import { recordedLines } from "@ims/integration-kit/conformance";
import { describe, expect, inject, it } from "vitest";
import { termsOfName } from "../instruments.js";
import { FeedStage } from "../spec-support/feed-stage.js";
import { asJson } from "../spec-support/walk-outcome.js";
import { FrameWalker } from "./frame-walker.js";

const sharedDir = inject("sharedDir");

/** Fine enough for every recorded price; records have finer scales where they need them. */
const SCALES = { priceScale: 4, quantityScale: 1 };

function dataTypeOf(channel: string, symbol: string): DataType | undefined {
  if (/^trades\.[^.]+\.[^.]+$/.test(channel)) return DataType.Trade;
  if (/^book\.[^.]+\.[^.]+$/.test(channel)) return DataType.Book;
  if (/^quote\.[^.]+$/.test(channel)) return DataType.TopOfBook;
  if (!/^ticker\.[^.]+\.[^.]+$/.test(channel)) return undefined;
  return termsOfName(symbol).option ? DataType.OptionTicker : DataType.MarkPrice;
}

interface RecordedFrame {
  readonly channel: string;
  readonly symbol: string;
  readonly dataType: DataType;
  readonly text: string;
}

function framesOf(file: string): RecordedFrame[] {
  const frames: RecordedFrame[] = [];
  for (const { data: text, url } of recordedLines(
    join(sharedDir, "exchanges/recordings/deribit", `${file}.jsonl.gz`),
  )) {
    const channel = /"channel":"([^"]+)"/.exec(text)?.[1] ?? "";
    const symbol = channel.split(".")[1] ?? "";
    const dataType = dataTypeOf(channel, symbol);
    if (url.startsWith("ws") && dataType !== undefined) frames.push({ channel, symbol, dataType, text });
  }
  return frames;
}

function stageOf(frames: readonly RecordedFrame[]): FeedStage {
  const stage = new FeedStage();
  const opened = new Set<string>();
  for (const { channel, dataType, symbol } of frames) {
    if (!opened.has(channel)) stage.open(channel, symbol, { dataType }, SCALES);
    opened.add(channel);
  }
  return stage;
}

describe.skipIf(sharedDir === "")("recorded frames", () => {
  it.each([
    ["options-20210405", 460],
    ["options-20210722", 135],
    ["single-frames", 33],
  ])("of %s are all read as bytes, with the result of JSON", (file, count) => {
    const frames = framesOf(file);
    expect(frames).toHaveLength(count);
    const walker = new FrameWalker(stageOf(frames).feeds);
    const left = frames.filter(({ text }) => walker.walk(Buffer.from(text), 1) === undefined);
    expect(left.map(({ text }) => text)).toEqual([]);
    const [walked, read] = [stageOf(frames), stageOf(frames)];
    for (const { text } of frames) {
      walked.receive(text);
      read.receive(asJson(text));
    }
    expect(walked.sink.records.length).toBeGreaterThan(count / 2);
    expect([walked.sink.records, walked.sink.rejections]).toEqual([read.sink.records, read.sink.rejections]);
  });
});
