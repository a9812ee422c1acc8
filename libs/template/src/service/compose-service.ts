import {
  type Clock,
  type ExchangeId,
  type Logger,
  maskUrl,
  type SettingReport,
  streamNames,
} from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { ImsDataIntegration, IntegrationFactory } from "@ims/traits";
import { type DependencyContainer, container as root } from "tsyringe";
import { isLocalBroker } from "../broker/broker-address.js";
import { RequestRouter } from "../control/request-router.js";
import { fail } from "../errors.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { createLoginPolicy } from "../sessions/login-policy.js";
import { randomSessionId } from "../sessions/session-ids.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { checkFeedEntries } from "../subscriptions/configured-feeds.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { LastTrades } from "../topology/last-trades.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { packageVersion } from "./package-version.js";
import {
  CLIENT,
  CLOCK,
  EXCHANGE,
  INTEGRATION,
  LOGGER,
  LOGIN_POLICY,
  NAMES,
  SERVICE_VERSION,
  SETTING_REPORTS,
  SETTINGS,
} from "./tokens.js";

/** Everything that a service is made of and that its caller decides. */
export interface ServiceIngredients {
  readonly exchange: ExchangeId;
  readonly settings: ServiceSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly integration: IntegrationFactory;
  /** The settings for people. */
  readonly settingReports: readonly SettingReport[];
}

/**
 * The container of one service, without its broker client. Classes marked `@scoped` are made on demand, once per
 * container; the few that take plain arguments are made here.
 *
 * @throws `service.wrong-integration` when the plugin serves another exchange, `service.feeds-not-served` when feeds are
 *   configured that it does not offer
 */
export function composeService(ingredients: ServiceIngredients): DependencyContainer {
  const { exchange, settings, clock, logger } = ingredients;
  const container = root.createChildContainer();
  const policy = createLoginPolicy({
    environment: settings.environment,
    exchange,
    accessToken: settings.accessToken,
    clients: settings.clients,
    isBrokerLocal: isLocalBroker(settings.iggyUrl),
  });
  container.registerInstance(EXCHANGE, exchange);
  container.registerInstance(SETTINGS, settings);
  container.registerInstance(NAMES, streamNames(exchange));
  container.registerInstance(CLOCK, clock);
  container.registerInstance(LOGGER, logger);
  container.registerInstance(LOGIN_POLICY, policy);
  container.registerInstance(SERVICE_VERSION, packageVersion());
  container.registerInstance(SETTING_REPORTS, ingredients.settingReports);
  container.registerInstance(
    SessionRegistry,
    new SessionRegistry(
      {
        heartbeatMillis: settings.heartbeatMillis,
        expiryMillis: settings.sessionExpiryMillis,
        version1ExpiryMillis: settings.version1ExpiryMillis,
        sessionCountMax: settings.sessionCountMax,
        requestsPerSecondMax: settings.requestsPerSecondMax,
      },
      randomSessionId,
    ),
  );
  container.registerInstance(INTEGRATION, createIntegration(container, ingredients));
  logger.info(
    { exchange: streamNames(exchange).exchange, broker: maskUrl(settings.iggyUrl) },
    policy.description,
  );
  return container;
}

/** Adds what needs the broker. */
export function composeBrokerSide(container: DependencyContainer, client: IggyClient): void {
  const settings = container.resolve<ServiceSettings>(SETTINGS);
  const integration = container.resolve<ImsDataIntegration>(INTEGRATION);
  container.registerInstance(CLIENT, client);
  const topology = container.resolve(StreamTopology);
  const sink = container.resolve(SbeSink);
  container.registerInstance(
    RequestRouter,
    new RequestRouter(
      {
        exchange: container.resolve<ExchangeId>(EXCHANGE),
        description: integration.description,
        names: topology.names,
        partitionCount: (topic) => topology.partitionCount(topic),
        subscriptionsPerClientMax: settings.subscriptionsPerClientMax,
        instrumentIdOf: (instrument) => sink.register(instrument),
      },
      container.resolve(LOGIN_POLICY),
      container.resolve(SessionRegistry),
      container.resolve(SubscriptionTable),
    ),
  );
}

function createIntegration(
  container: DependencyContainer,
  { exchange, settings, integration: factory, clock, random, logger }: ServiceIngredients,
): ImsDataIntegration {
  const integration = factory({
    sink: container.resolve(SbeSink),
    clock,
    random,
    logger: logger.child({ part: "venue" }),
    lastTradeId: (symbol) => container.resolve(LastTrades).take(symbol),
  });
  const described = integration.description;
  if (described.exchange !== exchange) {
    const detail = `The integration "${described.title}" serves exchange ${described.exchange}, the service ${exchange}`;
    throw fail("service.wrong-integration", detail);
  }
  checkFeedEntries(settings.feeds ?? [], described);
  return integration;
}
