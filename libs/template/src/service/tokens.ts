/**
 * What the container holds besides classes. One child container per service: two services of one process share
 * nothing.
 */
export const EXCHANGE = Symbol("ExchangeId");
export const SETTINGS = Symbol("ServiceSettings");
export const NAMES = Symbol("StreamNames");
export const CLOCK = Symbol("Clock");
export const LOGGER = Symbol("Logger");
export const INTEGRATION = Symbol("ImsDataIntegration");
export const LOGIN_POLICY = Symbol("LoginPolicy");
/** The broker's client; registered once the first session is open. */
export const CLIENT = Symbol("IggyClient");
/** `{version}` of this package, as clients are told at login. */
export const SERVICE_VERSION = Symbol("serviceVersion");
/** The effective configuration for people: `SettingReport[]`, without secrets. */
export const SETTING_REPORTS = Symbol("settingReports");
