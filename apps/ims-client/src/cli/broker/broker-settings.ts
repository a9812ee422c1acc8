import { booleanSetting, defineSettings, loadSettings, portSetting, textSetting } from "@ims/common";

/** The broker that `ims broker` runs; flags over environment over default. */
const BROKER_SETTINGS = defineSettings({
  host: {
    schema: textSetting({ lengthMax: 255 }).default("127.0.0.1"),
    flag: "host",
    description: "address to listen on",
  },
  port: {
    schema: portSetting({ anyAllowed: true }).default(8090),
    flag: "port",
    description: "port, 0 for any free one",
  },
  dataDir: {
    schema: textSetting().default(".ims/broker"),
    flag: "data-dir",
    description: "folder of this broker alone",
  },
  tlsCert: {
    schema: textSetting().optional(),
    flag: "tls-cert",
    description: "certificate file for TLS",
  },
  tlsKey: {
    schema: textSetting().optional(),
    flag: "tls-key",
    description: "key file for TLS",
  },
  allowDefaultCredentials: {
    schema: booleanSetting().default(false),
    flag: "allow-default-credentials",
    description: "iggy / iggy on other addresses than loopback",
  },
  username: {
    schema: textSetting({ lengthMax: 50 }).optional(),
    env: "IGGY_ROOT_USERNAME",
    description: "root user of a new folder",
  },
  password: {
    schema: textSetting({ lengthMax: 100 }).optional(),
    env: "IGGY_ROOT_PASSWORD",
    description: "its password",
    secret: true,
  },
});

/** What commander parsed; texts as typed. */
export interface BrokerFlags {
  readonly host?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowDefaultCredentials?: true;
}

export type BrokerSettings = ReturnType<typeof readBrokerSettings>;

/** @throws ImsError `config.invalid` naming all mistakes */
export function readBrokerSettings(flags: BrokerFlags, env: NodeJS.ProcessEnv) {
  const { host, port, dataDir, tlsCert, tlsKey, allowDefaultCredentials } = flags;
  return loadSettings(BROKER_SETTINGS, {
    flags: {
      host,
      port,
      "data-dir": dataDir,
      "tls-cert": tlsCert,
      "tls-key": tlsKey,
      "allow-default-credentials": allowDefaultCredentials && "true",
    },
    env,
  }).values;
}
