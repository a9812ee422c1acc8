/** Exit codes of every service; docs/operations.md says what an operator does about each. */
export const ExitCode = {
  Ok: 0,
  /** Ended by an error that nobody expected, by a second signal, or because a part did not stop in time. */
  Failed: 1,
  /** Something that a person has to change: configuration, a taken port, an unwritable folder. */
  Configuration: 2,
  /** Stopped as it was told to, but the broker did not take everything in time: the log says how much is lost. */
  Undelivered: 3,
} as const;
