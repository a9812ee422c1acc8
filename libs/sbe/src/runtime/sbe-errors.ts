import { type ErrorTable, errorFactory } from "@ims/common";

export const SBE_ERRORS = {
  "sbe.truncated": {
    summary: "A frame ends before what it must hold.",
    action: "Discard the frame and check how its length was found",
    retryable: false,
  },
  "sbe.wrong-template": {
    summary: "A frame holds another message than the decoder reads.",
    action: "Choose the decoder by the header's template id",
    retryable: false,
  },
  "sbe.wrong-schema": {
    summary: "A frame was written with another schema.",
    action: "Discard the frame and check which stream it came from",
    retryable: false,
  },
  "sbe.no-room": {
    summary: "A message does not fit the buffer that it is to be written into.",
    action: "Give the encoder a larger buffer or a lower offset",
    retryable: false,
  },
  "sbe.text-too-long": {
    summary: "A text has more octets than its field.",
    action: "Refuse the text where it enters; it is never cut",
    retryable: false,
  },
  "sbe.text-not-encodable": {
    summary: "A text holds a character that the field's encoding lacks.",
    action: "Refuse the text where it enters; it is never replaced",
    retryable: false,
  },
  "sbe.unsafe-integer": {
    summary: "A 64-bit field was read as a number and lies outside of ±2^53.",
    action: "Read it as a bigint or as two words",
    retryable: false,
  },
  "sbe.out-of-range": {
    summary: "A value does not fit the octets of its field, or an index its array.",
    action: "Check the value where it enters; it is never wrapped around",
    retryable: false,
  },
  "sbe.order": {
    summary:
      "Groups or data were written out of order, or a group with another number of entries than announced.",
    action: "Write groups and data in the order of the schema, each group with all its entries",
    retryable: false,
  },
  "sbe.invalid-value": {
    summary: "A frame is whole, but a value in it has no meaning in the domain.",
    action: "Discard the record and report its writer",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(SBE_ERRORS);
