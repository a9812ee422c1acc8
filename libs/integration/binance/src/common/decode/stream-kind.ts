/** `btcusdt@depth20@100ms` and the like; the diff streams have no number. */
const PARTIAL_DEPTH = /^depth([0-9]{1,4})(?:@|$)/;
const DIFF_DEPTH = /^depth(?:@|$)/;

/** The symbol's part of a stream name, in front of the `@`. */
export function streamSymbol(stream: string): string {
  const at = stream.indexOf("@");
  return at < 0 ? stream : stream.slice(0, at);
}

/** Levels that a stream of best levels asks for: 20 for `…@depth20@100ms`; 0 for any other stream. */
export function partialDepthLevels(stream: string): number {
  const found = PARTIAL_DEPTH.exec(channelPart(stream));
  return found ? Number(found[1]) : 0;
}

/** Whether changes on this stream are of the book that the depth snapshot is of: `rpiDepth` is of another. */
export function isDiffDepth(stream: string): boolean {
  return DIFF_DEPTH.test(channelPart(stream));
}

/** Streams of all instruments at once, which name instruments that nobody asked for. */
export function isForAllSymbols(stream: string): boolean {
  return stream.startsWith("!");
}

function channelPart(stream: string): string {
  const at = stream.indexOf("@");
  return at < 0 ? "" : stream.slice(at + 1);
}
