import type { Clock, ExchangeId, Logger } from "@ims/common";
import type { Broker, BrokerOptions } from "@ims/iggy-broker";
import type { IntegrationFactory } from "@ims/traits";
import type { ServiceSettings } from "../settings/service-settings.js";

/** What makes a venue service; everything but the exchange and its plugin has a default. */
export interface DataServiceOptions {
  readonly exchange: ExchangeId;
  readonly integration: IntegrationFactory;
  /** Overrides of single settings, above flags, environment and file. */
  readonly settings?: Partial<ServiceSettings>;
  /** Command line flags by name without dashes, for example `{"iggy-url": "..."}`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Path of a settings file; without it none is read. */
  readonly configFile?: string;
  /** Default: the process environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting it closes the service, also while it still waits for its broker or venue. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly logger?: Logger;
  /**
   * How long a program that already listens at `IGGY_URL` may take to open an Iggy session; six times as long if it
   * takes connections and is silent. Default 10,000.
   */
  readonly firstSessionMillis?: number;
  /** With `IMS_BROKER=auto`: time without a broker session after which one is started here. Default 5,000. */
  readonly brokerAbsenceMillis?: number;
  /** Starts the embedded broker; the default runs it in a worker thread. */
  readonly startEmbeddedBroker?: (options: BrokerOptions) => Promise<Broker>;
}

/** A running service. */
export interface DataService {
  readonly exchange: ExchangeId;
  /** Resolves when clients can be served: broker session, symbol list, control topic. Rejects if it is closed before. */
  readonly ready: Promise<void>;
  /** For example `http://127.0.0.1:7074/health`. */
  readonly healthUrl: string;
  /** Resolves when the service has ended; with the error if it ended itself because it could not go on. */
  readonly closed: Promise<Error | undefined>;
  /** After {@link close}: records and replies that the broker did not take in time. */
  readonly undeliveredCount: number;
  /** Ends the venue feeds, flushes what is buffered (at most 10 s), ends the sessions and stops the embedded broker. */
  close(): Promise<void>;
}
