/** Whether a bar may still change: `Revised` replaces one that was published as closed. */
export const BarState = { Forming: 0, Closed: 1, Revised: 2 } as const;
export type BarState = (typeof BarState)[keyof typeof BarState];
