/** Counts since the consumer was made. */
export interface ConsumerCounters {
  polls: number;
  emptyPolls: number;
  /** Messages and payload bytes of polls fetched. */
  messages: number;
  bytes: number;
  /** Messages left out because they were handled before. */
  repeated: number;
  /** Messages left out because they cannot be read. */
  unreadable: number;
  gaps: number;
  retries: number;
  fenced: number;
  joins: number;
  commits: number;
  commitFailures: number;
}

export function noCounts(): ConsumerCounters {
  return {
    polls: 0,
    emptyPolls: 0,
    messages: 0,
    bytes: 0,
    repeated: 0,
    unreadable: 0,
    gaps: 0,
    retries: 0,
    fenced: 0,
    joins: 0,
    commits: 0,
    commitFailures: 0,
  };
}
