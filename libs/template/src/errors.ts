import { type ErrorTable, errorFactory } from "@ims/common";

/** Errors of the service template. */
export const SERVICE_ERRORS = {
  "service.port-in-use": {
    summary: "The port of the health server is taken by another program.",
    action: "Stop that program, or set IMS_HTTP_PORT to a free port (0 takes any).",
    retryable: false,
  },
  "service.health-server-failed": {
    summary: "The health server could not listen.",
    action: "Check IMS_HTTP_PORT and the permission to listen on it.",
    retryable: false,
  },
  "service.broker-unreachable": {
    summary: "No Iggy server answers at IGGY_URL and none may be started here.",
    action:
      "Start the server, correct IGGY_URL, or set IMS_BROKER=auto with a loopback address to use the embedded broker.",
    retryable: true,
  },
  "service.broker-not-iggy": {
    summary: "Something listens at the address of IGGY_URL that is no Iggy server.",
    action: "Stop that program, or give IGGY_URL another port.",
    retryable: false,
  },
  "service.broker-not-local": {
    summary: "The embedded broker was asked for at an address of another machine.",
    action: "Use a loopback address in IGGY_URL, or IMS_BROKER=external.",
    retryable: false,
  },
  "service.stopped": {
    summary: "The service was told to stop before it was ready.",
    action: "Start it again if this was not intended.",
    retryable: false,
  },
  "service.wrong-integration": {
    summary: "The integration describes another exchange than the service was started for.",
    action: "Give startDataService the exchange that the integration was made for.",
    retryable: false,
  },
  "service.mixed-scales": {
    summary: "A venue gave a record whose prices or quantities do not have one scale.",
    action: "Report it: the venue's decoder has to bring them to one scale.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

export const fail = errorFactory(SERVICE_ERRORS);
