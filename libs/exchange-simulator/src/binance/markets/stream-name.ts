/** The parts of a stream name such as `btcusdt@kline_1m`. */
export interface StreamName {
  /** Lower case, as in the name; empty for all-market streams such as `!ticker@arr`. */
  readonly subject: string;
  /** `trade`, `aggTrade`, `kline`, `bookTicker`, `depth`, … ; for `!` streams the word after it. */
  readonly type: string;
  /** Interval of a kline stream, else empty. */
  readonly interval: string;
  /** What follows the second `@`: a speed such as `100ms`, for `!` streams `arr` or `arr@1s`; else empty. */
  readonly suffix: string;
}

/** Splits a stream name; anything is a name, since the venue acknowledges anything. */
export function parseStreamName(stream: string): StreamName {
  if (stream.startsWith("!")) {
    const [type = "", ...suffix] = stream.slice(1).split("@");
    return { subject: "", type, interval: "", suffix: suffix.join("@") };
  }
  const at = stream.indexOf("@");
  if (at < 0) return { subject: "", type: stream, interval: "", suffix: "" };
  const subject = stream.slice(0, at);
  const [rest = "", ...more] = stream.slice(at + 1).split("@");
  const suffix = more.join("@");
  const underscore = rest.indexOf("_");
  if (underscore < 0) return { subject, type: rest, interval: "", suffix };
  return { subject, type: rest.slice(0, underscore), interval: rest.slice(underscore + 1), suffix };
}
