import { GLOBAL_PERMISSIONS, globalPermissions } from "@ims/iggy-protocol";
import type { BrokerLogger } from "../broker-options.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import { ROOT_USER_ID, type UserEntry } from "../catalog/user-registry.js";
import { fail } from "../errors.js";
import { DEFAULT_PASSWORD, DEFAULT_USERNAME, type RootCredentials } from "./credentials.js";
import type { PasswordChecker } from "./password-checker.js";

/** The reference server shows this for its root. */
const ROOT_CREATED_AT_MICROS = 1;

export interface RootUserOptions {
  readonly credentials: RootCredentials;
  readonly allowDefaultCredentials: boolean;
  readonly logger: BrokerLogger;
}

/**
 * Makes the root user of a folder that has none. An existing root keeps its name and password, whatever the options
 * say: they may have been changed since (server-behaviour.md section 3).
 * @throws ImsError (rejected) `broker.default-credentials` when root has them and must not
 */
export async function ensureRootUser(
  metadata: MetadataStore,
  passwords: PasswordChecker,
  { credentials, allowDefaultCredentials, logger }: RootUserOptions,
): Promise<void> {
  const root = metadata.catalog.users.find(ROOT_USER_ID);
  // Not waited for: the start must not take longer, and the first login wants the same work done.
  if (root !== undefined) void reportOtherCredentials(root, passwords, credentials, logger);
  if (!allowDefaultCredentials && (await isDefault(root, passwords, credentials))) {
    const whose =
      root === undefined ? "the configured root user" : "the root user that the data folder keeps";
    throw fail("broker.default-credentials", `${whose} has the default name and password`);
  }
  if (root === undefined) await createRoot(metadata, await passwords.hash(credentials.password), credentials);
}

async function createRoot(
  metadata: MetadataStore,
  passwordHash: string,
  { username }: RootCredentials,
): Promise<void> {
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

async function isDefault(
  root: UserEntry | undefined,
  passwords: PasswordChecker,
  { username, password }: RootCredentials,
): Promise<boolean> {
  if (root === undefined) return username === DEFAULT_USERNAME && password === DEFAULT_PASSWORD;
  return root.name === DEFAULT_USERNAME && passwords.matches(DEFAULT_PASSWORD, root.passwordHash);
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
