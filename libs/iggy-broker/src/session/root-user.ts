import { GLOBAL_PERMISSIONS, globalPermissions } from "@ims/iggy-protocol";
import type { BrokerLogger } from "../broker-options.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import { ROOT_USER_ID, type UserEntry } from "../catalog/user-registry.js";
import type { RootCredentials } from "./credentials.js";
import type { PasswordChecker } from "./password-checker.js";

/** The reference server shows this for its root. */
const ROOT_CREATED_AT_MICROS = 1;

/**
 * Makes the root user of a folder that has none. An existing root keeps its name and password, whatever the options
 * say: they may have been changed since (server-behaviour.md section 3).
 */
export async function ensureRootUser(
  metadata: MetadataStore,
  passwords: PasswordChecker,
  { username, password }: RootCredentials,
  logger: BrokerLogger,
): Promise<void> {
  const root = metadata.catalog.users.find(ROOT_USER_ID);
  if (root !== undefined) {
    // Not waited for: the start must not take longer, and the first login wants the same work done.
    void reportOtherCredentials(root, passwords, { username, password }, logger);
    return;
  }
  const passwordHash = await passwords.hash(password);
  await metadata.exclusive(() =>
    metadata.commit({
      type: "user-created",
      user: ROOT_USER_ID,
      name: username,
      at: ROOT_CREATED_AT_MICROS,
      status: "active",
      passwordHash,
      permissions: { global: globalPermissions(...GLOBAL_PERMISSIONS), streams: [] },
    }),
  );
}

async function reportOtherCredentials(
  root: UserEntry,
  passwords: PasswordChecker,
  { username, password }: RootCredentials,
  logger: BrokerLogger,
): Promise<void> {
  const isSame =
    root.name === username && (await passwords.matches(password, root.passwordHash).catch(() => false));
  if (isSame) return;
  logger.warn(
    { username },
    "the data folder has its own root user, so the configured user and password are not used",
  );
}
