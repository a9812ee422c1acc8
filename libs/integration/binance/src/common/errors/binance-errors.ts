import { type ErrorTable, errorFactory } from "@ims/common";

/** What can be wrong with the settings of Binance's services. */
export const BINANCE_ERRORS = {
  "binance.api-key-missing": {
    summary: "The binary market data streams are wanted and there is no API key.",
    action:
      "Set BINANCE_API_KEY or BINANCE_API_KEY_FILE to an API key of type Ed25519, or BINANCE_MARKET_DATA to json or auto",
    retryable: false,
  },
  "binance.api-key-file": {
    summary: "The file of the API key cannot be read, or users other than its owner may read it.",
    action:
      "Give the path of a file that the service's user owns, with mode 0600, and that holds the API key alone",
    retryable: false,
  },
  "binance.api-key-malformed": {
    summary: "What was given as API key is none.",
    action:
      "Give the API key that Binance shows beside a key of type Ed25519, one line of letters and digits; the private key is not needed",
    retryable: false,
  },
  "binance.api-key-twice": {
    summary: "The API key is given in two ways.",
    action: "Set BINANCE_API_KEY or BINANCE_API_KEY_FILE, not both",
    retryable: false,
  },
  "binance.api-key-in-clear": {
    summary: "The API key would be sent over a connection without TLS to another host.",
    action: "Give an origin that begins with wss://; ws:// is for this host alone",
    retryable: false,
  },
  "binance.sbe-not-offered": {
    summary: "The market has no binary market data streams.",
    action: "Set BINANCE_MARKET_DATA to json or auto",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const binanceError = errorFactory(BINANCE_ERRORS);
