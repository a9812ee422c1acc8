/**
 * Bar lengths as they stand in messages: 0 to 8 are the reference system's, 16 upwards this project's. Frozen.
 * Case matters in the text: `1m` is a minute, `1M` a month.
 */
const RESOLUTIONS = [
  [1, "1m"],
  [2, "5m"],
  [3, "15m"],
  [4, "30m"],
  [5, "1h"],
  [6, "1d"],
  [7, "1w"],
  [8, "1M"],
  [16, "1s"],
  [17, "3m"],
  [18, "2h"],
  [19, "4h"],
  [20, "6h"],
  [21, "8h"],
  [22, "12h"],
  [23, "3d"],
] as const;

export type TimeResolution = (typeof RESOLUTIONS)[number][0];
export type TimeResolutionText = (typeof RESOLUTIONS)[number][1];

/** No resolution: what requests for anything but bars carry. */
export const NO_RESOLUTION = 0;

const BY_TEXT = new Map<string, TimeResolution>(RESOLUTIONS.map(([id, text]) => [text, id]));
const BY_ID = new Map<number, TimeResolutionText>(RESOLUTIONS.map(([id, text]) => [id, text]));

/** All texts, in the order of their numbers. */
export const TIME_RESOLUTION_TEXTS: readonly TimeResolutionText[] = RESOLUTIONS.map(([, text]) => text);

/** `1m` to its number; undefined if the text is not one of the known ones. */
export function timeResolutionOf(text: string): TimeResolution | undefined {
  return BY_TEXT.get(text);
}

/** A number to its text; undefined for 0 and for unknown numbers. */
export function timeResolutionText(id: number): TimeResolutionText | undefined {
  return BY_ID.get(id);
}
