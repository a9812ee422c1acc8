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
    action: "Check IMS_HTTP_HOST, IMS_HTTP_PORT and the permission to listen there.",
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
  "service.broker-without-certificate": {
    summary: "The embedded broker was asked for at an address with TLS.",
    action: "Use iggy:// without TLS options in IGGY_URL, or IMS_BROKER=external.",
    retryable: false,
  },
  "service.feeds-not-served": {
    summary: "Feeds are configured that the venue does not serve.",
    action: "Correct feeds in ims.config.json or IMS_FEEDS; the message names every mistake.",
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
  "processor.output-full": {
    summary: "There was no room for an output: the record before made too much at once.",
    action:
      "Let the processor make less of one record, or wait for RecordOutput.whenAccepting between records.",
    retryable: false,
  },
  "processor.too-many-outputs": {
    summary: "A processor made more outputs of one record than their ids can tell apart.",
    action: "Let the processor make fewer, larger outputs of one record.",
    retryable: false,
  },
  "processor.state-too-large": {
    summary: "The state of a processor's task does not fit into a checkpoint.",
    action: "Thin the state out, or spread the input over more partitions.",
    retryable: false,
  },
  "processor.bad-checkpoint": {
    summary: "The last message of a processor's checkpoint topic is no checkpoint.",
    action:
      "If another program wrote there, begin anew: delete the checkpoint topic and the consumer group of the processor.",
    retryable: false,
  },
  "processor.state-version": {
    summary: "The state of a processor was stored by another version of it.",
    action:
      "Run the version that stored it, or begin anew: delete the checkpoint topic and the consumer group of the processor.",
    retryable: false,
  },
  "processor.checkpoint-missing": {
    summary:
      "The consumer group of a processor has an offset, and there is no checkpoint with the state behind it.",
    action:
      "If the checkpoint topic was deleted on purpose, delete the consumer group too: the processor then begins anew.",
    retryable: false,
  },
  "processor.input-shorter": {
    summary: "The input of a processor is shorter than what it has read of it.",
    action:
      "If the input was deleted or emptied, begin anew: delete the processor's topics for it and its consumer group. If the broker lost the end of it, restore the broker's data.",
    retryable: false,
  },
  "processor.bad-name": {
    summary: "The name of a processor is not usable as that of its streams.",
    action: "Use 1 to 64 lower-case letters, digits and dashes, beginning with a letter.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

export const fail = errorFactory(SERVICE_ERRORS);
