/** What a simulated connection does to bytes on their way. Times in milliseconds of simulated time. */
export interface LinkConditions {
  /** Shortest and longest way of a fragment; fragments of one direction never overtake each other. */
  readonly latencyMillis: readonly [min: number, max: number];
  /** Largest fragment; sizes are drawn from 1 to this. */
  readonly fragmentBytesMax: number;
  /** Part of the fragments that have 1 to 16 bytes, which cuts headers anywhere. */
  readonly tinyFragmentChance: number;
  /** Part of the fragments that arrive in one chunk together with the one before. */
  readonly mergeChance: number;
  /** Bytes that are sent and have not arrived; what is more waits at the sender. */
  readonly windowBytes: number;
  /** Waiting bytes above which `write` answers false. */
  readonly bufferBytes: number;
}

/** A quick and even network: everything arrives whole after one millisecond. */
export const CALM_LINK: LinkConditions = {
  latencyMillis: [1, 1],
  fragmentBytesMax: 1 << 20,
  tinyFragmentChance: 0,
  mergeChance: 0,
  windowBytes: 1 << 22,
  bufferBytes: 1 << 16,
};

/** A slow and uneven one: fragments cut anywhere, merged chunks, a small window. */
export const ROUGH_LINK: LinkConditions = {
  latencyMillis: [0, 30],
  fragmentBytesMax: 2000,
  tinyFragmentChance: 0.1,
  mergeChance: 0.2,
  windowBytes: 8192,
  bufferBytes: 1024,
};
