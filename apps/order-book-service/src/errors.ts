import { type ErrorTable, errorFactory } from "@ims/common";

export const ORDER_BOOK_SERVICE_ERRORS = {
  "book-service.venue": {
    summary: "A venue cannot be read in the way that is asked for",
    action: "Name venues by BOOK_VENUES that the message lists",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(ORDER_BOOK_SERVICE_ERRORS);
