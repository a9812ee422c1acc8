/** How an average is taken. Frozen. */
export const AverageMethod = {
  /** Mean of the prices. */
  Simple: 1,
  /** Half-life in trades. */
  ExponentialByCount: 2,
  /** Half-life in time. */
  ExponentialByTime: 3,
  VolumeWeighted: 4,
  TimeWeighted: 5,
} as const;
export type AverageMethod = (typeof AverageMethod)[keyof typeof AverageMethod];

/** Whether an average may still change: `Revised` replaces one that was published as closed. Frozen. */
export const AverageState = { Forming: 0, Closed: 1, Revised: 2, Empty: 3 } as const;
export type AverageState = (typeof AverageState)[keyof typeof AverageState];
