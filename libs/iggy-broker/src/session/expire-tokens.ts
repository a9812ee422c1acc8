import { type Clock, describeError } from "@ims/common";
import type { BrokerLogger } from "../broker-options.js";
import type { MetadataStore } from "../catalog/metadata-store.js";

/** Removes the tokens whose time is over; they have not opened anything since. Never rejects. */
export async function expireTokens(
  metadata: MetadataStore,
  clock: Clock,
  logger: BrokerLogger,
): Promise<void> {
  const nowMicros = BigInt(clock.nowMicros());
  try {
    for (const user of metadata.catalog.users.sorted()) {
      for (const { name, expiresAtMicros } of [...user.tokens.values()]) {
        if (expiresAtMicros === null || expiresAtMicros > nowMicros) continue;
        await metadata.exclusive(async () => {
          const token = user.isDeleted ? undefined : user.tokens.get(name);
          // Another token may have taken the name meanwhile.
          if (token?.expiresAtMicros !== expiresAtMicros) return;
          await metadata.commit({ type: "token-deleted", user: user.id, name });
        });
      }
    }
  } catch (error) {
    logger.warn({ error: describeError(error) }, "expired access tokens could not be removed");
  }
}
