import { type ErrorTable, errorFactory } from "@ims/common";

/** What can go wrong between a service and a venue; the same codes for every venue. */
export const VENUE_ERRORS = {
  "venue.unreachable": {
    summary: "The venue could not be reached, or the connection broke before the reply was complete.",
    action: "Check the network, the name server and the configured URL; it is tried again by itself",
    retryable: true,
  },
  "venue.timeout": {
    summary: "The venue did not answer in time.",
    action: "It is tried again by itself; if it lasts, check the venue's status page",
    retryable: true,
  },
  "venue.unavailable": {
    summary: "The venue answered that it cannot serve now (HTTP 5xx).",
    action: "It is tried again by itself; if it lasts, check the venue's status page",
    retryable: true,
  },
  "venue.rate-limited": {
    summary: "The venue refused because of too many requests from this address (HTTP 429 or 418).",
    action: "Nothing is sent until the time named by the venue; run fewer services behind one address",
    retryable: true,
  },
  "venue.refused": {
    summary: "The venue refused the request.",
    action: "Read the venue's own words; check URL, region and parameters",
    retryable: false,
  },
  "venue.bad-reply": {
    summary: "The venue's reply cannot be used: not JSON, larger than the limit, or without a needed field.",
    action: "Check that the URL is that of the venue and not of a proxy or portal",
    retryable: true,
  },
  "venue.bad-url": {
    summary: "A configured URL of a venue cannot be used.",
    action: "Give an origin such as https://host or wss://host:port, without query",
    retryable: false,
  },
  "venue.unknown-symbol": {
    summary: "The venue does not list the symbol, or does not trade it now.",
    action: "Ask for the list of symbols and use one of its names, in the venue's spelling",
    retryable: false,
  },
  "venue.not-offered": {
    summary: "The venue does not offer this data.",
    action: "Choose one of the offered values",
    retryable: false,
  },
  "venue.closed": {
    summary: "The integration has been shut down.",
    action: "Create a new one",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const venueError = errorFactory(VENUE_ERRORS);
