import { timingSafeEqual } from "node:crypto";
import { ClientErrorCode, type ExchangeId, exchangeName } from "@ims/common";
import { type Refusal, refuseClient } from "../control/control-reply.js";
import type { LoginRequest, SchemaGeneration } from "../control/control-request.js";
import type { ClientEntry } from "../settings/client-entries.js";
import type { Environment } from "../settings/service-settings.js";
import { digest, fingerprintOf, matchesToken } from "./access-tokens.js";

/** What a client that is admitted may do. */
export interface ClientGrant {
  /** Undefined: everything that the service offers. */
  readonly dataTypes: ReadonlySet<number> | undefined;
  /** Undefined: the service's limit. */
  readonly subscriptionsMax: number | undefined;
  /** Of what it was admitted by: a session kept over a restart ends when this is another. */
  readonly fingerprint: bigint;
}

/** Decides who may log in, before the session rules apply, and what a client may read; client-protocol.md section 5. */
export interface LoginPolicy {
  /** Undefined admits the client. */
  refusal(login: LoginRequest): Refusal | undefined;
  /** Of a client that is admitted; undefined for one that is not, or not any more. */
  grantOf(clientId: number, generation: SchemaGeneration): ClientGrant | undefined;
  /** Whether clients of schema version 1 are heard at all. */
  readonly admitsVersion1: boolean;
  /** One sentence for the log at the start: who is admitted. */
  readonly description: string;
}

export interface LoginPolicyOptions {
  readonly environment: Environment;
  readonly exchange: ExchangeId;
  /** One token for all clients; plays no part where clients are configured. */
  readonly accessToken?: string | undefined;
  readonly clients?: readonly ClientEntry[] | undefined;
  /** Whether only this machine reaches the broker. */
  readonly isBrokerLocal: boolean;
}

/**
 * Configured clients decide; else the one access token; else anyone is admitted in CI, and in LOCAL where only this
 * machine reaches the broker, and nobody anywhere else. Version 1 carries no token: its clients are admitted where
 * anyone is, and under the ids that are configured for it.
 */
export function createLoginPolicy(options: LoginPolicyOptions): LoginPolicy {
  const { environment, accessToken, clients, exchange, isBrokerLocal } = options;
  if (clients !== undefined) return clientsPolicy(clients, exchange);
  if (accessToken !== undefined) return tokenPolicy(accessToken);
  const isOpen = environment === "CI" || (environment === "LOCAL" && isBrokerLocal);
  return isOpen ? openPolicy(environment) : closedPolicy(environment);
}

function clientsPolicy(clients: readonly ClientEntry[], exchange: ExchangeId): LoginPolicy {
  const byId = new Map(clients.map((client) => [client.clientId, client]));
  const admits = ({ exchanges, token, admitsVersion1 }: ClientEntry, generation: SchemaGeneration) =>
    (exchanges?.has(exchange) ?? true) && (generation === 1 ? admitsVersion1 : token !== undefined);
  return {
    description: `${clients.length} configured clients may log in, each with its own token`,
    admitsVersion1: clients.some(({ admitsVersion1 }) => admitsVersion1),
    refusal: (login) => {
      const client = byId.get(login.clientId);
      // The same sentence for an unknown id and a wrong token: ids cannot be found out.
      const isProven =
        login.generation === 1
          ? client?.admitsVersion1 === true
          : client?.token !== undefined && matchesToken(login.accessToken, client.token);
      if (!isProven) {
        return denied(
          login.generation === 1
            ? `Client ${login.clientId} may not log in with schema version 1. Use version 2 with an access token.`
            : `Client ${login.clientId} or its access token is not known. Ask the service's operator for a token.`,
        );
      }
      return admits(client!, login.generation)
        ? undefined
        : denied(
            `Client ${login.clientId} may not use ${exchangeName(exchange)}. Ask the service's operator for it.`,
          );
    },
    grantOf: (clientId, generation) => {
      const client = byId.get(clientId);
      if (!client || !admits(client, generation)) return undefined;
      const { dataTypes, subscriptionsMax, token } = client;
      const credential = generation === 1 || !token ? ["version 1"] : [token.salt, token.hash];
      return { dataTypes, subscriptionsMax, fingerprint: fingerprintOf("client", ...credential) };
    },
  };
}

function tokenPolicy(accessToken: string): LoginPolicy {
  // Equal lengths for the comparison, whatever the texts.
  const expected = digest("", accessToken);
  const fingerprint = fingerprintOf("token", expected);
  return {
    description: "Clients log in with the configured access token",
    admitsVersion1: false,
    refusal: (login) => {
      if (login.generation === 1) {
        return denied("Clients of schema version 1 carry no access token. Use version 2.");
      }
      return timingSafeEqual(digest("", login.accessToken), expected)
        ? undefined
        : denied("The access token is wrong. Use the one that the service was configured with.");
    },
    grantOf: (_, generation) => (generation === 1 ? undefined : { ...UNLIMITED, fingerprint }),
  };
}

function openPolicy(environment: Environment): LoginPolicy {
  const fingerprint = fingerprintOf("open");
  return {
    description: `No client and no access token is configured: anyone who reaches the broker may log in (ENV=${environment})`,
    admitsVersion1: true,
    refusal: () => undefined,
    grantOf: () => ({ ...UNLIMITED, fingerprint }),
  };
}

function closedPolicy(environment: Environment): LoginPolicy {
  const place = environment === "CLUSTER" ? "" : ", and IGGY_URL is no loopback address";
  return {
    description:
      `No client and no access token is configured: nobody may log in (ENV=${environment}${place}); ` +
      "set clients in ims.config.json, IMS_CLIENTS or IMS_ACCESS_TOKEN",
    admitsVersion1: false,
    refusal: () =>
      denied(
        "The service has no clients configured. Ask its operator to set clients, IMS_CLIENTS or IMS_ACCESS_TOKEN.",
      ),
    grantOf: () => undefined,
  };
}

const UNLIMITED = { dataTypes: undefined, subscriptionsMax: undefined } as const;

function denied(text: string): Refusal {
  return refuseClient(ClientErrorCode.NotAuthorized, text);
}
