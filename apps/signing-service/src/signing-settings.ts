import {
  choiceSetting,
  defineSettings,
  integerSetting,
  type SettingsValues,
  structuredSetting,
  textSetting,
} from "@ims/common";
import { BACKEND_NAMES, SIGNATURE_SCHEMES } from "@ims/signing";
import { SIGNING_ADDRESS_DEFAULT } from "@ims/signing-proto";
import { sourcesSetting } from "@ims/template";

/** Messages of a batch at most: its record has 32 octets for each and has to fit into a batch of the broker's client. */
const BATCH_MESSAGES_MAX = 4_096;

/** Settings of the signing service, read together with those of every processor. */
export const SIGNING_SETTINGS = defineSettings({
  sources: {
    schema: sourcesSetting(),
    env: "IMS_SIGN_SOURCES",
    flag: "sources",
    description: "topics that are signed, for example binancespot-market-data/trades=trades",
  },
  signName: {
    schema: textSetting({ lengthMax: 64 }).default("signed"),
    env: "IMS_SIGN_NAME",
    flag: "sign-name",
    description: "name of the output stream and of the group; another one begins anew",
  },
  scheme: {
    schema: choiceSetting(...SIGNATURE_SCHEMES).default("schnorr"),
    env: "IMS_SIGN_SCHEME",
    flag: "scheme",
    description: "ecdsa, schnorr or ed25519",
  },
  keyFile: {
    schema: textSetting({ lengthMax: 4_096 }).optional(),
    env: "IMS_SIGN_KEY_FILE",
    flag: "key-file",
    description: "file with the private key, mode 0600; without it IMS_SIGN_KEY holds the key itself",
  },
  mode: {
    schema: choiceSetting("message", "batch").default("message"),
    env: "IMS_SIGN_MODE",
    flag: "mode",
    description: "a signature for each message, or one for the Merkle root of a batch",
  },
  batchMessages: {
    schema: integerSetting({ min: 1, max: BATCH_MESSAGES_MAX }).default(1_024),
    env: "IMS_SIGN_BATCH",
    flag: "batch",
    description: "messages after which a batch is signed",
  },
  batchMillis: {
    schema: integerSetting({ min: 1, max: 60_000 }).default(200),
    env: "IMS_SIGN_BATCH_MILLIS",
    flag: "batch-millis",
    description: "a batch holds messages of one interval of so many milliseconds of the broker's time",
  },
  backend: {
    schema: choiceSetting(...BACKEND_NAMES).default("native"),
    env: "IMS_SIGN_BACKEND",
    flag: "backend",
    description: "backend to begin with: native, wasm or js",
  },
  backends: {
    schema: structuredSetting("native, wasm and js, separated by commas", readBackends).default([
      ...BACKEND_NAMES,
    ]),
    env: "IMS_SIGN_BACKENDS",
    flag: "backends",
    description: "backends that are opened, so that they may be switched to",
  },
  workers: {
    schema: integerSetting({ min: 1, max: 64 }).default(2),
    env: "IMS_SIGN_WORKERS",
    flag: "workers",
    description: "threads that sign",
  },
  grpcAddress: {
    schema: textSetting({ lengthMax: 256 }).default(SIGNING_ADDRESS_DEFAULT),
    env: "IMS_SIGN_GRPC",
    flag: "grpc-addr",
    description: "address of the gRPC service; one beyond this machine wants a token",
  },
  grpcToken: {
    schema: textSetting({ lengthMax: 256 }).optional(),
    env: "IMS_SIGN_TOKEN",
    description: "what clients have to give to sign and to switch the backend",
    secret: true,
  },
  start: {
    schema: choiceSetting("first", "last").default("first"),
    env: "IMS_SIGN_START",
    flag: "start",
    description: "where a partition without a checkpoint begins: first or last",
  },
});

export type SigningSettings = SettingsValues<typeof SIGNING_SETTINGS>;

function readBackends(value: unknown, mistake: (text: string) => void) {
  const parts: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  return parts.flatMap((part: unknown) => {
    const name = BACKEND_NAMES.find((each) => each === String(part).trim());
    if (name === undefined) mistake(`${JSON.stringify(part)} is none of ${BACKEND_NAMES.join(", ")}`);
    return name === undefined ? [] : [name];
  });
}
