import { type ErrorTable, errorFactory } from "@ims/common";

/** Faults in bytes or arguments, found without any I/O. Errors that a server answers are numbers: `IggyErrorCode`. */
export const IGGY_PROTOCOL_ERRORS = {
  "iggy-protocol.truncated": {
    summary: "A body ends before a field that its layout requires.",
    action: "The sender wrote a shorter body than protocol 0.11 defines: compare both protocol versions",
    retryable: false,
  },
  "iggy-protocol.invalid-value": {
    summary: "A field holds a value that the layout does not allow.",
    action: "The sender does not follow protocol 0.11: compare both protocol versions",
    retryable: false,
  },
  "iggy-protocol.unsafe-integer": {
    summary: "A 64-bit count, time or offset is larger than 2^53 − 1.",
    action: "Such values do not occur in practice: treat the peer as faulty",
    retryable: false,
  },
  "iggy-protocol.argument-out-of-range": {
    summary: "A request cannot be encoded because an argument is outside its range.",
    action: "Correct the argument before calling again",
    retryable: false,
  },
  "iggy-protocol.malformed-request": {
    summary: "A body given as bytes does not follow the layout or the rules of its command.",
    action: "Correct the bytes, or let the library encode them: servers may end on a body they cannot read",
    retryable: false,
  },
  "iggy-protocol.frame-size": {
    summary: "The size field of a frame is below 256 or above the limit.",
    action: "Close the connection: the byte stream cannot be read further",
    retryable: false,
  },
  "iggy-protocol.frame-kind": {
    summary: "A frame carries a command byte that does not belong there.",
    action: "Close the connection: the peer does not speak the Iggy protocol, or the byte stream is damaged",
    retryable: false,
  },
  "iggy-protocol.invalid-batch": {
    summary: "The structure of a message batch is wrong.",
    action: "Do not store or read this batch; the sender must build it again",
    retryable: false,
  },
  "iggy-protocol.checksum-mismatch": {
    summary: "A message or batch checksum does not match its bytes.",
    action: "The bytes changed on the way or on disk: read or send them again",
    retryable: true,
  },
  "iggy-protocol.slot-state": {
    summary: "A batch slot was used in a state that does not allow it.",
    action: "Follow the order begin, reserve, commit, seal, release",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(IGGY_PROTOCOL_ERRORS);
