import { createHash, timingSafeEqual } from "node:crypto";
import { ClientErrorCode } from "@ims/common";
import { type Refusal, refuseClient } from "../control/control-reply.js";
import type { LoginRequest } from "../control/control-request.js";
import type { Environment } from "../settings/service-settings.js";

/** Decides who may log in, before the session rules apply. */
export interface LoginPolicy {
  /** Undefined admits the client. */
  refusal(login: LoginRequest): Refusal | undefined;
  /** One sentence for the log at the start: who is admitted. */
  readonly description: string;
}

/**
 * The access token, where one is set, decides; without one anyone is admitted in LOCAL and CI and nobody in CLUSTER.
 * Version 1 carries no token, so its clients are admitted only in LOCAL and CI, and only where no token is set.
 */
export function createLoginPolicy(environment: Environment, accessToken: string | undefined): LoginPolicy {
  const isOpen = environment !== "CLUSTER";
  if (accessToken === undefined && isOpen) {
    return {
      description: `No access token is configured: anyone who reaches the broker may log in (ENV=${environment})`,
      refusal: () => undefined,
    };
  }
  if (accessToken === undefined) {
    return {
      description: "No access token is configured: nobody may log in (ENV=CLUSTER); set IMS_ACCESS_TOKEN",
      refusal: () =>
        refuseClient(
          ClientErrorCode.NotAuthorized,
          "The service has no access token configured. Ask its operator to set IMS_ACCESS_TOKEN.",
        ),
    };
  }
  const expected = digest(accessToken);
  return {
    description: "Clients log in with the configured access token",
    refusal: (login) => {
      if (login.generation === 1) {
        return refuseClient(
          ClientErrorCode.NotAuthorized,
          "Clients of schema version 1 carry no access token. Use version 2.",
        );
      }
      return timingSafeEqual(digest(login.accessToken), expected)
        ? undefined
        : refuseClient(
            ClientErrorCode.NotAuthorized,
            "The access token is wrong. Use the one that the service was configured with.",
          );
    },
  };
}

/** Equal lengths for the comparison, whatever the texts. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
